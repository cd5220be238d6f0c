import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { serveHttp } from '../../src/app/server.ts';
import { type Interval, type LoadTotal, OpenLoop, restOf, tcpDialer, type Wait } from '../../src/load/index.ts';
import { Histogram, initHistograms, monotonicNow } from '../../src/metrics/index.ts';
import { mergeLoad } from '../../src/run/merge.ts';
import { DEFAULT_SETTINGS } from '../../src/scenario/index.ts';
import { nanos } from '../../src/units/index.ts';
import { plan } from './simulation.ts';

const SECONDS = 1;
const RATE = 50;

/** Offers 50 a second to an application that answers after 20 ms, and says how much processor that took, as a share of one. */
async function offer(wait: Wait): Promise<{ total: LoadTotal; intervals: readonly Interval[]; share: number }> {
  const app = await serveHttp(
    { ...DEFAULT_SETTINGS.app, delay: { kind: 'constant', value: nanos(20e6) } },
    0,
    '127.0.0.1',
    1,
  );
  const intervals: Interval[] = [];
  const asked = plan({
    endpoints: [{ address: '127.0.0.1', port: app.port }],
    connections: 4,
    rate: RATE,
    warmup: nanos(200e6),
    duration: nanos(SECONDS * 1e9),
  });
  const rest = restOf(wait);
  const later = (ms: number, action: () => void): void => void setTimeout(action, ms);
  const world = {
    clock: monotonicNow,
    dial: tcpDialer(),
    soon: setImmediate,
    later,
    ...(rest === undefined ? {} : { rest }),
  };
  const loop = new OpenLoop(asked, world, (one) => intervals.push(one));
  await loop.connect();
  const before_ = process.cpuUsage();
  const from = performance.now();
  const total = await loop.run(monotonicNow() + 10e6);
  const { user, system } = process.cpuUsage(before_);
  const share = (user + system) / 1000 / (performance.now() - from);
  await app.close();
  return { total, intervals, share };
}

describe('a way to wait', () => {
  before(initHistograms);

  for (const wait of ['spin', 'hybrid', 'sleep'] as const) {
    test(`${wait}: every request is released, answered and counted, and sleep is no standing still`, async (t) => {
      const { total, intervals, share } = await offer(wait);
      assert.deepEqual(total.outcomes, { ok: SECONDS * RATE });
      assert.equal(mergeLoad([{ intervals, total }]).lost, 0);
      using response = Histogram.decode(total.histograms.response);
      using lag = Histogram.decode(total.histograms.releaseLag);
      assert.ok((response.quantile(0) ?? 0) >= 19.9e6);
      t.diagnostic(`${share.toFixed(2)} processors, release lag p50 ${((lag.quantile(0.5) ?? 0) / 1e3).toFixed(0)} µs`);
      // Between requests 20 ms apart there is time to sleep; a turn every 10 ms would be 90 gaps over 1 ms.
      if (wait !== 'spin') assert.ok(total.loopGaps.over1ms < 45, `${total.loopGaps.over1ms} gaps`);
    });
  }

  test('hybrid sleeps only where there is time to, and is awake before what is due', () => {
    const slept = (wait: Wait, spare: number): number => {
      const rest = restOf(wait);
      assert.ok(rest !== undefined);
      return rest(() => undefined, spare);
    };
    assert.equal(slept('hybrid', 2.9e6), 0);
    assert.equal(slept('hybrid', 3.1e6), 2e6);
    assert.equal(slept('hybrid', 1e9), 11e6);
    assert.equal(slept('sleep', 0.2e6), 2e6);
    assert.equal(slept('sleep', 4.2e6), 6e6);
    assert.equal(slept('sleep', Number.POSITIVE_INFINITY), 11e6);
    assert.equal(restOf('spin'), undefined);
  });
});
