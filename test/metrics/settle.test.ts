import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';

const METRICS = new URL('../../src/metrics/index.js', import.meta.url).href;

/** What a process with an agent's histograms grows by while it encodes as often as an agent in 25 minutes, bytes. */
function growth(settled: boolean): number {
  const program = `
    import { Histogram, initHistograms, PlainText } from ${JSON.stringify(METRICS)};
    await initHistograms();
    const [second, total] = Array.from({ length: 40 }, () => new Histogram());
    const text = new PlainText();
    const encode = (times) => {
      for (let time = 0; time < times; time += 1) {
        for (let value = 0; value < 500; value += 1) second.record(50_000 + 1999 * value);
        total.add(second);
        second.encodeInto(text);
        second.reset();
      }
    };
    ${settled ? 'Histogram.settle();' : ''}
    encode(1500);
    const before = process.memoryUsage.rss();
    encode(6000);
    console.log(process.memoryUsage.rss() - before);`;
  // Small new spaces of V8, which are in use as a whole long before.
  const flags = ['--single-threaded', '--min-semi-space-size=1', '--max-semi-space-size=1', '--input-type=module'];
  return Number(execFileSync(process.execPath, [...flags, '--eval', program], { encoding: 'utf8' }));
}

test('histograms that are settled no longer grow by what encoding leaves behind', () => {
  const [settled, left] = [growth(true), growth(false)];
  assert.ok(settled < left / 2, `${settled} bytes, and ${left} where they are not settled`);
});
