import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createRandom } from '../../src/units/index.ts';
import { makePolicy, type RecordedBlock, replayGates } from '../../src/verdict/index.ts';
import { count } from '../support/counts.ts';
import { NOISES, type Simulated, seeded, simulatedPairs } from './simulate.ts';

const POLICY = makePolicy(
  new Map([
    ['responseNs.p50', 0.1],
    ['cpuMsPer1k', 0.1],
  ]),
);
const GATES = count(300, 1000);

function recorded(seed: number, options: Partial<Simulated>): RecordedBlock[] {
  const pairs = simulatedPairs(seeded(seed), { blocks: 60, ...options });
  return Array.from({ length: 60 }, (_, block): RecordedBlock => {
    const side = (which: 0 | 1) =>
      new Map([...pairs].map(([metric, values]) => [metric, values[block]?.[which] ?? null] as const));
    return [side(0), side(1)];
  });
}

describe('gates replayed on simulated recordings', () => {
  for (const [name, noise] of Object.entries(NOISES)) {
    test(`${name}: at most 1 % fail without a difference`, () => {
      for (const spread of [0.03, 0.1]) {
        const tally = replayGates(recorded(3, { noise, spread }), POLICY, GATES, createRandom(1), true);
        assert.ok(tally.regression / GATES <= 0.01, `${tally.regression} of ${GATES} at ${spread}`);
        assert.equal(tally.regression + tally.pass + tally.inconclusive, GATES);
      }
    });
  }

  test('twice the tolerance is found in 99 %, and 1.5 times in 90 %, at a spread of 4 %', () => {
    for (const [effect, least] of [
      [1.2, 0.99],
      [1.15, 0.9],
    ] as const) {
      const tally = replayGates(recorded(5, { spread: 0.04, effect }), POLICY, GATES, createRandom(2), false);
      assert.ok(tally.regression / GATES >= least, `${tally.regression} of ${GATES} at ${effect}`);
    }
  });

  test('what is far too noisy is neither failed nor passed', () => {
    const tally = replayGates(recorded(6, { spread: 0.8 }), POLICY, GATES, createRandom(3), true);
    assert.ok(tally.inconclusive / GATES > 0.95, JSON.stringify(tally));
  });

  test('the same seed gives the same gates', () => {
    const blocks = recorded(7, { spread: 0.1, effect: 1.1 });
    const once = replayGates(blocks, POLICY, 50, createRandom(4), true);
    assert.deepEqual(replayGates(blocks, POLICY, 50, createRandom(4), true), once);
  });
});
