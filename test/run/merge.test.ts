import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Interval, LoadTotal } from '../../src/load/index.ts';
import { Histogram, initHistograms } from '../../src/metrics/index.ts';
import { mergeLoad } from '../../src/run/merge.ts';

function encoded(...values: readonly number[]): string {
  using histogram = new Histogram();
  for (const value of values) histogram.record(value);
  return histogram.encode();
}

function interval(second: number, values: readonly number[]): Interval {
  const histogram = encoded(...values);
  return {
    second,
    histograms: { response: histogram, service: histogram, queueWait: histogram, releaseLag: histogram },
    outcomes: { ok: values.length },
  };
}

function total(values: readonly number[], more: Partial<LoadTotal> = {}): LoadTotal {
  return {
    ...interval(0, values),
    planned: values.length,
    failed: [],
    failedOverflow: 0,
    loopGaps: { over1ms: 0, over1msNs: 0, maxNs: 0 },
    connections: { opened: 1, closedByPeer: 0, refused: 0 },
    overall: { sent: values.length + 2, ok: values.length + 1 },
    versions: { v1: values.length },
    lastDone: 5,
    reconnects: encoded(),
    ...more,
  };
}

describe('the results of several agents', () => {
  before(initHistograms);

  test('are compressed in a record, as agents do not', () => {
    using histogram = new Histogram();
    histogram.record(10);
    const plain = histogram.encodePlain();
    const histograms = { response: plain, service: plain, queueWait: plain, releaseLag: plain };
    const seconds = [{ second: 0, histograms, outcomes: { ok: 1 } }];
    const merged = mergeLoad([{ intervals: seconds, total: total([10], { histograms, reconnects: plain }) }]);
    const packed = histogram.encode();
    assert.deepEqual(
      [merged.reconnects, ...[merged, ...merged.intervals].flatMap((one) => Object.values(one.histograms))],
      new Array(9).fill(packed),
    );
    assert.equal(merged.lost, 0);
  });

  test('are added, never averaged', () => {
    const merged = mergeLoad([
      { intervals: [interval(0, [10, 20]), interval(1, [30])], total: total([10, 20, 30], { lastDone: 9 }) },
      {
        intervals: [interval(1, [1000])],
        total: total([1000], { loopGaps: { over1ms: 1, over1msNs: 2e6, maxNs: 2e6 } }),
      },
    ]);
    assert.equal(merged.agents, 2);
    assert.equal(merged.planned, 4);
    assert.deepEqual(merged.outcomes, { ok: 4 });
    assert.deepEqual(merged.versions, { v1: 4 });
    assert.equal(merged.lastDone, 9);
    assert.equal(merged.connections.opened, 2);
    assert.deepEqual(merged.overall, { sent: 8, ok: 6 });
    assert.equal(merged.loopGaps.over1ms, 1);
    using all = Histogram.decode(merged.histograms.response);
    using expected = Histogram.decode(encoded(10, 20, 30, 1000));
    assert.ok(all.equals(expected));
    assert.deepEqual(
      merged.intervals.map(({ second, outcomes }) => [second, outcomes.ok]),
      [
        [0, 2],
        [1, 2],
      ],
    );
    assert.equal(merged.lost, 0);
  });

  test('of which a second was lost say so', () => {
    const { lost } = mergeLoad([{ intervals: [interval(0, [10])], total: total([10, 20, 30]) }]);
    assert.ok(lost >= 2);
  });

  test('of which a histogram was altered say so, though all counts agree', () => {
    const altered = { ...interval(0, [10, 20]), outcomes: { ok: 2 } };
    assert.ok(mergeLoad([{ intervals: [altered], total: total([10, 21]) }]).lost >= 1);
  });
});
