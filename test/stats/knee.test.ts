import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { binomialUpper, KneeSearch, type KneeTrial } from '../../src/stats/index.ts';
import { createRandom } from '../../src/units/index.ts';
import { count } from '../support/counts.ts';

const RANGE = { from: 100, to: 50_000 };

/** A system that holds at a rate with the probability 1 / (1 + (rate/knee)^(1/width)), disturbances apart. */
interface System {
  readonly knee: number;
  readonly width: number;
  /** Share of trials that fail whatever the rate. */
  readonly disturbed: number;
}

function look({ knee, width, disturbed }: System, random: () => number, most: number): readonly KneeTrial[] {
  const trials: KneeTrial[] = [];
  while (trials.length < most) {
    const search = new KneeSearch(RANGE, trials);
    const { lower, upper } = search.knee;
    if (upper <= 1.1 * lower) break;
    const rate = search.next();
    const holds = 1 / (1 + (rate / knee) ** (1 / width));
    trials.push({ rate, held: random() < holds && random() >= disturbed });
  }
  return trials;
}

describe('the search for a knee', () => {
  test('knows nothing before the first trial: its interval is the range', () => {
    const { estimate, lower, upper, place } = new KneeSearch(RANGE, []).knee;
    assert.ok(Math.abs(estimate / Math.sqrt(100 * 50_000) - 1) < 0.01, `${estimate}`);
    assert.ok(lower < 125 && upper > 40_000);
    assert.equal(place, 'within');
  });

  test('halves what is possible with a sharp knee: a few per cent before twenty trials', () => {
    const random = createRandom(1);
    for (const knee of [180, 2000, 9876, 31_000]) {
      const trials = look({ knee, width: 1e-6, disturbed: 0 }, random, 40);
      const found = new KneeSearch(RANGE, trials).knee;
      assert.ok(trials.length <= 20, `${trials.length} trials`);
      assert.ok(found.lower <= knee && knee <= found.upper, `${knee}: ${found.lower} … ${found.upper}`);
      assert.ok(Math.abs(Math.log(found.estimate / knee)) < 0.05, `${knee}: ${found.estimate}`);
    }
  });

  test('says where the knee may lie beyond the range', () => {
    const random = createRandom(2);
    const above = new KneeSearch(RANGE, look({ knee: 1e7, width: 0.01, disturbed: 0 }, random, 20)).knee;
    const below = new KneeSearch(RANGE, look({ knee: 1, width: 0.01, disturbed: 0 }, random, 20)).knee;
    assert.deepEqual([above.place, below.place], ['above', 'below']);
  });

  test('one trial that was spoiled does not mislead it', () => {
    const sound: KneeTrial[] = [200, 500, 900, 950].map((rate) => ({ rate, held: true }));
    const over: KneeTrial[] = [1100, 1200, 2000].map((rate) => ({ rate, held: false }));
    const before = new KneeSearch(RANGE, [...sound, ...over]).knee;
    const after = new KneeSearch(RANGE, [...sound, ...over, { rate: 300, held: false }]).knee;
    assert.ok(Math.abs(Math.log(after.estimate / before.estimate)) < 0.05, `${before.estimate} ${after.estimate}`);
  });

  test('compares two knees: the interval of their ratio holds the true one', () => {
    const random = createRandom(3);
    const [one, other] = [4000, 10_000].map(
      (knee) => new KneeSearch(RANGE, look({ knee, width: 0.02, disturbed: 0.02 }, random, 24)),
    );
    assert.ok(one !== undefined && other !== undefined);
    const { lower, upper, estimate } = one.over(other);
    assert.ok(lower <= 0.4 && 0.4 <= upper && upper / lower < 1.3, `${lower} … ${estimate} … ${upper}`);
  });

  test('the interval holds the knee of sharp and of blurred systems in 95 of 100 searches, by and large', (t) => {
    const each = count(24, 150);
    const random = createRandom(4);
    let [missed, all, spent] = [0, 0, 0];
    for (const width of [0.005, 0.02, 0.05, 0.1]) {
      for (let run = 0; run < each; run += 1) {
        const knee = 300 * 100 ** random();
        const trials = look({ knee, width, disturbed: 0.03 }, random, 20);
        const { lower, upper } = new KneeSearch(RANGE, trials).knee;
        spent += trials.length;
        all += 1;
        if (knee < lower || knee > upper) missed += 1;
      }
    }
    t.diagnostic(`${missed} of ${all} intervals missed, ${(spent / all).toFixed(1)} trials a search`);
    // So few misses are expected of 95 % intervals that more than this come once in a thousand sittings.
    assert.ok(missed / all <= 0.05 || binomialUpper(all - missed, all, 0.001) >= 0.95, `${missed} of ${all}`);
  });

  test('refuses what is no range', () => {
    for (const range of [
      { from: 0, to: 1 },
      { from: 5, to: 5 },
      { from: 1, to: Number.POSITIVE_INFINITY },
    ]) {
      assert.throws(() => new KneeSearch(range, []), RangeError);
    }
  });
});
