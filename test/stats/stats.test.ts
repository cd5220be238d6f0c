import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  detectableRatio,
  hodgesLehmann,
  logRatios,
  median,
  pairedDifference,
  pairedRatio,
  signedRankInterval,
  walshAverages,
} from '../../src/stats/index.ts';
import { createRandom, type Random } from '../../src/units/index.ts';
import { count } from '../support/counts.ts';
import { tookAtMost } from '../support/timing.ts';
import { chiSquared, normal } from './noise.ts';

const number = fc.double({ min: -1e9, max: 1e9, noNaN: true });
const numbers = fc.array(number, { minLength: 6, maxLength: 20 });

function rising(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i + 1);
}

describe('the median', () => {
  for (const [values, expected] of [
    [[], null],
    [[3], 3],
    [[3, 1], 2],
    [[9, 1, 5], 5],
    [[4, 1, 3, 2], 2.5],
    [[-1, -1, -1, 8], -1],
    [[Number.MAX_VALUE, Number.MAX_VALUE], Number.MAX_VALUE],
  ] as const) {
    test(`of [${values}] is ${expected}`, () => assert.equal(median(values), expected));
  }

  for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    test(`refuses ${wrong}, like everything else here`, () => {
      for (const estimate of [median, hodgesLehmann, signedRankInterval, detectableRatio, walshAverages]) {
        assert.throws(() => estimate([1, wrong, 2]), RangeError);
        assert.throws(() => estimate([1, 2, 3, 4, 5, 6, wrong]), RangeError);
      }
      assert.throws(() => pairedRatio([1, 1], [1, wrong]), RangeError);
      assert.throws(() => pairedDifference([1, wrong], [1, 1]), RangeError);
    });
  }
});

describe('Walsh averages', () => {
  test('are the means of all pairs, with each value itself', () => {
    assert.deepEqual([...walshAverages([1, 2, 9])], [1, 1.5, 2, 5, 5.5, 9]);
    assert.equal(hodgesLehmann([1, 2, 9]), 3.5);
    assert.equal(hodgesLehmann([]), null);
  });
});

/** W's distribution by walking through all 2^n sign patterns. */
function coverageByHand(n: number, k: number): number {
  let below = 0;
  for (let pattern = 0; pattern < 2 ** n; pattern += 1) {
    let sum = 0;
    for (let rank = 1; rank <= n; rank += 1) if (pattern & (1 << (rank - 1))) sum += rank;
    if (sum < k) below += 1;
  }
  return 1 - (2 * below) / 2 ** n;
}

describe('the signed-rank interval', () => {
  // k of the 95 % interval, as tables of the signed-rank statistic have them.
  for (const [n, k] of [
    [6, 1],
    [7, 3],
    [8, 4],
    [9, 6],
    [10, 9],
    [12, 14],
    [15, 26],
    [20, 53],
    [25, 90],
    [30, 138],
    [50, 435],
  ] as const) {
    test(`of ${n} values goes from the ${k}-th smallest to the ${k}-th largest Walsh average`, () => {
      const values = rising(n).map((i) => i ** 2);
      const averages = walshAverages(values);
      const interval = signedRankInterval(values);
      assert.ok(interval !== null);
      assert.equal(interval.lower, averages[k - 1]);
      assert.equal(interval.upper, averages[averages.length - k]);
      assert.equal(interval.estimate, hodgesLehmann(values));
      if (n > 15) return;
      assert.ok(Math.abs(interval.confidence - coverageByHand(n, k)) < 1e-12);
      assert.ok(interval.confidence >= 0.95 && coverageByHand(n, k + 1) < 0.95, 'not the narrowest');
    });
  }

  test('does not exist under six values', () => {
    for (const n of [0, 1, 2, 5]) assert.equal(signedRankInterval(rising(n)), null);
    assert.deepEqual(signedRankInterval(rising(6)), { estimate: 3.5, lower: 1, upper: 6, confidence: 1 - 2 / 64 });
  });

  test('takes equal values as what they are', () => {
    assert.deepEqual(signedRankInterval([4, 4, 4, 4, 4, 4]), {
      estimate: 4,
      lower: 4,
      upper: 4,
      confidence: 1 - 2 / 64,
    });
    const interval = signedRankInterval([0, 0, 0, 1, 1, 1, 1, 0]);
    assert.deepEqual([interval?.estimate, interval?.lower, interval?.upper], [0.5, 0, 1]);
  });

  test('moves and scales with the values and does not see their order', () => {
    fc.assert(
      fc.property(numbers, fc.integer({ min: -1000, max: 1000 }), (values, shift) => {
        const whole = values.map(Math.round);
        const plain = signedRankInterval(whole);
        const changed = signedRankInterval(whole.toReversed().map((value) => value * 2 + shift));
        assert.ok(plain !== null && changed !== null);
        for (const field of ['estimate', 'lower', 'upper'] as const) {
          assert.equal(changed[field], plain[field] * 2 + shift);
        }
        assert.ok(plain.lower <= plain.estimate && plain.estimate <= plain.upper);
        assert.ok(plain.lower >= Math.min(...whole) && plain.upper <= Math.max(...whole));
        const turned = signedRankInterval(whole.map((value) => -value));
        assert.deepEqual(
          [turned?.lower, turned?.upper].map((end) => -(end ?? 0) + 0),
          [plain.upper + 0, plain.lower + 0],
        );
      }),
    );
  });

  test('of 1,000 values agrees with the normal approximation, and takes less than a second', (t) => {
    const random = createRandom(3);
    const values = Array.from({ length: 1000 }, () => normal(random));
    const started = performance.now();
    const interval = signedRankInterval(values);
    tookAtMost(t, 1000, performance.now() - started);
    assert.ok(interval !== null && interval.confidence >= 0.95 && interval.confidence < 0.9501);
    const half = (interval.upper - interval.lower) / 2;
    const expected = (1.96 / Math.sqrt(1000)) * Math.sqrt(Math.PI / 3);
    assert.ok(Math.abs(half / expected - 1) < 0.1, `${half} against ${expected}`);
  });

  test('does not exist above 2,000 values', () => {
    assert.equal(signedRankInterval(rising(2001)), null);
  });

  // 10,000 repetitions: the share that covers has a standard error of 0.22 percentage points.
  for (const [noise, draw] of [
    ['normal', normal],
    ['heavy-tailed (Student, 3 degrees)', (random: Random) => normal(random) / Math.sqrt(chiSquared(random, 3) / 3)],
    ['contaminated (one in ten ten times as wide)', (random: Random) => normal(random) * (random() < 0.1 ? 10 : 1)],
  ] as const) {
    for (const n of [6, 8, 10, 14]) {
      test(`covers what it says of ${n} values with ${noise} noise`, () => {
        const random = createRandom(n);
        const repetitions = count(10_000, 40_000);
        let covered = 0;
        let confidence = 0;
        for (let i = 0; i < repetitions; i += 1) {
          const interval = signedRankInterval(Array.from({ length: n }, () => 5 + draw(random)));
          assert.ok(interval !== null);
          confidence = interval.confidence;
          if (interval.lower <= 5 && 5 <= interval.upper) covered += 1;
        }
        const share = covered / repetitions;
        assert.ok(Math.abs(share - confidence) < 0.01, `${share} covered instead of ${confidence}`);
        assert.ok(share >= 0.94);
      });
    }
  }
});

describe('pairs', () => {
  const baseline = [100, 110, 90, 105, 95, 100];

  test('that differ by one factor have it as their ratio, without width', () => {
    const ratio = pairedRatio(
      baseline,
      baseline.map((value) => value * 2.5),
    );
    assert.ok(ratio !== null);
    for (const field of ['estimate', 'lower', 'upper'] as const) assert.ok(Math.abs(ratio[field] - 2.5) < 1e-12);
    assert.equal(ratio.confidence, 1 - 2 / 64);
  });

  test('that differ by one amount have it as their difference', () => {
    const difference = pairedDifference(
      baseline,
      baseline.map((value) => value + 7),
    );
    assert.deepEqual(difference, { estimate: 7, lower: 7, upper: 7, confidence: 1 - 2 / 64 });
  });

  test('are compared by hand at n = 6: the interval goes from the smallest to the largest', () => {
    const candidate = [110, 132, 99, 126, 95, 150];
    const ratio = pairedRatio(baseline, candidate);
    assert.ok(ratio !== null && Math.abs(ratio.lower - 1) < 1e-12 && Math.abs(ratio.upper - 1.5) < 1e-12);
    assert.deepEqual(pairedDifference(baseline, candidate), {
      estimate: 15.5,
      lower: 0,
      upper: 50,
      confidence: 1 - 2 / 64,
    });
  });

  test('turned round have the reciprocal ratio', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(positive, positive), { minLength: 6, maxLength: 12 }), (rows) => {
        const left = rows.map(([value]) => value);
        const right = rows.map(([, value]) => value);
        const there = pairedRatio(left, right);
        const back = pairedRatio(right, left);
        assert.ok(there !== null && back !== null);
        assert.ok(Math.abs(there.estimate * back.estimate - 1) < 1e-9);
        assert.ok(Math.abs(there.lower * back.upper - 1) < 1e-9);
      }),
    );
  });

  test('under six have no interval', () => {
    assert.equal(pairedRatio([1, 2, 3, 4, 5], [1, 2, 3, 4, 5]), null);
    assert.equal(pairedDifference([], []), null);
  });

  test('that are none are refused: another length, a zero, a negative value', () => {
    assert.throws(() => pairedDifference([1, 2], [1]), RangeError);
    for (const wrong of [0, -1, Number.NaN]) {
      assert.throws(() => logRatios([wrong], [1]), RangeError);
      assert.throws(() => logRatios([1], [wrong]), RangeError);
    }
  });
});

describe('the detectable ratio', () => {
  test('is what the formula gives by hand', () => {
    // Median 0, absolute deviations 0.01 0.01 0.02 0.02 0.03 → MAD 0.02; n = 5.
    const expected = Math.exp((2.8 * 1.1 * 1.4826 * 0.02) / Math.sqrt(5)) - 1;
    assert.ok(
      Math.abs((detectableRatio([0.01, -0.01, 0.02, -0.03, 0.0]) ?? 0) - hand([0.01, -0.01, 0.02, -0.03, 0])) < 1e-12,
    );
    assert.ok(Math.abs((detectableRatio([-0.02, 0.02, -0.02, 0.02, 0]) ?? 0) - expected) < 1e-12);
  });

  test('falls back to the standard deviation where half of the pairs are the same', () => {
    const ratios = [0, 0, 0, 0.1];
    const sd = Math.sqrt((3 * 0.025 ** 2 + 0.075 ** 2) / 3);
    assert.ok(Math.abs((detectableRatio(ratios) ?? 0) - Math.expm1((2.8 * 1.1 * sd) / 2)) < 1e-12);
    assert.ok((detectableRatio([0.2, 0.2, 0.2]) ?? 1) < 1e-12);
  });

  test('needs two pairs', () => {
    assert.equal(detectableRatio([]), null);
    assert.equal(detectableRatio([0.1]), null);
    assert.ok((detectableRatio([0.1, 0.2]) ?? 0) > 0);
  });

  test('is found by the interval in about 80 % of runs', () => {
    const random = createRandom(11);
    const sigma = 0.05;
    const n = 12;
    const effect = Math.log1p(Math.expm1((2.8 * 1.1 * sigma) / Math.sqrt(n)));
    let found = 0;
    for (let i = 0; i < 2000; i += 1) {
      const interval = signedRankInterval(Array.from({ length: n }, () => effect + sigma * normal(random)));
      if ((interval?.lower ?? 0) > 0) found += 1;
    }
    assert.ok(found / 2000 > 0.7 && found / 2000 < 0.9, `${found / 2000}`);
  });
});

const positive = fc.double({ min: 1e-3, max: 1e9, noNaN: true });

function hand(ratios: readonly number[]): number {
  const centre = median(ratios) ?? 0;
  const mad = median(ratios.map((value) => Math.abs(value - centre))) ?? 0;
  return Math.exp((2.8 * 1.1 * 1.4826 * mad) / Math.sqrt(ratios.length)) - 1;
}
