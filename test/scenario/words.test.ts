import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { closest, parseLimit } from '../../src/scenario/index.ts';
import { editDistance } from '../../src/scenario/suggest.ts';

describe('what was probably meant', () => {
  const words = ['connections', 'rate', 'listener', 'none', 'warmup', 'responseNs.p99', 'responseNs.p90'];
  const table: readonly (readonly [written: string, meant: string | undefined])[] = [
    ['conections', 'connections'],
    ['connectoins', 'connections'],
    ['CONNECTIONS', 'connections'],
    ['rat', 'rate'],
    ['listner', 'listener'],
    ['warm-up', 'warmup'],
    ['responseNs.p9', 'responseNs.p99'],
    ['banana', undefined],
    ['', undefined],
    ['x'.repeat(100_000), undefined],
  ];
  for (const [written, meant] of table) {
    test(`${written.slice(0, 20)} → ${meant}`, () => assert.equal(closest(written, words), meant));
  }

  test('the distance is a distance', () => {
    const word = fc.string({ maxLength: 12, unit: fc.constantFrom('a', 'b', 'c') });
    fc.assert(
      fc.property(word, word, (a, b) => {
        const distance = editDistance(a, b);
        assert.equal(distance, editDistance(b, a));
        assert.equal(distance === 0, a === b);
        assert.ok(distance >= Math.abs(a.length - b.length));
        assert.ok(distance <= Math.max(a.length, b.length));
      }),
    );
  });

  test('swapping neighbours is one mistake', () => assert.equal(editDistance('rate', 'raet'), 1));
});

describe('what a threshold must stay below', () => {
  const table: readonly (readonly [metric: string, below: string | number, value: number, unit: string])[] = [
    ['responseNs.p99', '5ms', 5e6, 'ns'],
    ['serviceNs.p50', '250us', 250e3, 'ns'],
    ['queueWaitNs.max', '1s', 1e9, 'ns'],
    ['cpuMsPer1k', 12.5, 12.5, 'ms'],
    ['cpuMsPer1k', '800us', 0.8, 'ms'],
    ['errors', '0.1%', 0.001, 'share'],
    ['rssBytes', '64MB', 64e6, 'B'],
  ];
  for (const [metric, below, value, unit] of table) {
    test(`${metric} below ${below}`, () => {
      const limit = parseLimit(metric, below);
      assert.ok(limit.ok);
      assert.equal(limit.value.unit, unit);
      assert.ok(Math.abs(limit.value.value - value) <= value * 1e-12);
    });
  }

  const wrong: readonly (readonly [metric: string, below: string | number, words: RegExp])[] = [
    ['responseNs.p99', 5, /has no unit/],
    ['responseNs.p99', '5', /no unit/],
    ['responseNs.p95', '5ms', /not a metric/],
    ['toString', '5ms', /not a metric/],
    ['errors', 0.001, /has no unit; write it like 0\.1%/],
    ['errors', '200%', /not a share/],
    ['rssBytes', '64 apples', /not/],
    ['cpuMsPer1k', 'fast', /not a duration/],
    ['cpuMsPer1k', -1, /above 0/],
    ['cpuMsPer1k', Number.NaN, /above 0/],
    ['responseNs.max', '0s', /above 0/],
  ];
  for (const [metric, below, words] of wrong) {
    test(`${metric} below ${below} is refused`, () => {
      const limit = parseLimit(metric, below);
      assert.ok(!limit.ok);
      assert.match(limit.problem, words);
    });
  }
});
