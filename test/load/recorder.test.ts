import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { Recorder } from '../../src/load/recorder.ts';
import { initHistograms } from '../../src/metrics/index.ts';

const TURN_NS = 10_000;

/** When each interval was reported, ns after the start, by a loop with `spare` ns to the next request in every turn. */
function reportedAt(period: number, spare: number, until: number): number[] {
  const at: number[] = [];
  let now = 0;
  const recorder = new Recorder(0, period, () => at.push(now));
  for (; now < until; now += TURN_NS) {
    recorder.released(100);
    recorder.turned(now, TURN_NS, now + spare);
  }
  return at;
}

describe('recorder', () => {
  before(() => initHistograms());

  it('encodes an ended interval at once where the loop has time', () => {
    const [first = 0] = reportedAt(1e9, 600_000, 1.1e9);
    assert.ok(first <= 1e9 + 5 * TURN_NS, `${first}`);
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
