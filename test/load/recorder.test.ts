import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { Recorder } from '../../src/load/recorder.ts';
import { initHistograms } from '../../src/metrics/index.ts';

const TURN_NS = 10_000;

/** When each interval was reported, ns after the start, by a loop with a request every `apart` ns. */
function reportedAt(period: number, apart: number, until: number): number[] {
  const at: number[] = [];
  let now = 0;
  const recorder = new Recorder(0, period, () => at.push(now));
  for (; now < until; now += TURN_NS) {
    recorder.released(100);
    recorder.turned(now, TURN_NS, (Math.floor(now / apart) + 1) * apart);
  }
  return at;
}

describe('recorder', () => {
  before(() => initHistograms());

  it('encodes an ended interval in the first gap, once answers to what was sent before it may have come', () => {
    for (const [apart, lull] of [
      [1e6, 250_000],
      [20e6, 5e6],
      [250e6, 5e6],
    ] as const) {
      const [first = 0] = reportedAt(1e9, apart, 1.1e9);
      assert.ok(first >= 1e9 + lull && first <= 1e9 + lull + 5 * TURN_NS, `${apart}: ${first}`);
    }
  });

  it('encodes at once in a loop in which nothing is due, but for the time of an answer', () => {
    const [first = 0] = reportedAt(1e9, Number.POSITIVE_INFINITY, 1.1e9);
    assert.ok(first <= 1e9 + 5e6 + 5 * TURN_NS, `${first}`);
  });

  it('spreads the four histograms over turns far apart where the loop never has time', () => {
    const [first = 0] = reportedAt(1e9, 1_000, 1.5e9);
    assert.equal(first, 1.2e9);
  });

  it('keeps up with short intervals, so that a warm-up practises what the measurement does', () => {
    const at = reportedAt(50e6, 1_000, 1e9);
    assert.equal(at.length, 19);
    assert.deepEqual(at.slice(0, 3), [60e6, 110e6, 160e6]);
  });
});
