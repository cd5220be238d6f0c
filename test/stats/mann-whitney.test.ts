import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { detectableShift, MAX_SIDE, probabilityAbove, probabilityBelow, shiftInterval } from '../../src/stats/index.ts';
import { mannWhitneyProbabilities } from '../../src/stats/mann-whitney.ts';
import { createRandom } from '../../src/units/index.ts';
import { count } from '../support/counts.ts';
import { chiSquared, normal } from './noise.ts';

const values = (minLength: number, maxLength: number) =>
  fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength, maxLength });

/** P(U = u) by trying every way in which the values of both samples can be ordered. */
function byEnumeration(n: number, m: number): number[] {
  const counts = new Array<number>(n * m + 1).fill(0);
  const place = (firsts: number, seconds: number, u: number): void => {
    if (firsts === 0 && seconds === 0) counts[u] = (counts[u] ?? 0) + 1;
    if (firsts > 0) place(firsts - 1, seconds, u);
    if (seconds > 0) place(firsts, seconds - 1, u + (n - firsts));
  };
  place(n, m, 0);
  const all = counts.reduce((sum, one) => sum + one, 0);
  return counts.map((one) => one / all);
}

describe('the distribution of U', () => {
  for (const [n, m] of [
    [1, 1],
    [2, 3],
    [3, 2],
    [4, 4],
    [5, 3],
    [6, 6],
  ] as const) {
    test(`of ${n} and ${m} values is what counting every order gives`, () => {
      const counted = byEnumeration(n, m);
      const computed = [...mannWhitneyProbabilities(n, m)];
      for (const [u, probability] of computed.entries()) assert.ok(Math.abs(probability - (counted[u] ?? 0)) < 1e-12);
    });
  }

  test('has the critical values of the published tables (two-sided 5 %)', () => {
    // Hollander, Wolfe and Chicken, table A.6: U of 4 and 4 is 0, of 5 and 5 is 2, 8 and 8 is 13, 10 and 10 is 23, 20 and 20 is 127.
    for (const [n, most] of [
      [4, 0],
      [5, 2],
      [8, 13],
      [10, 23],
      [20, 127],
    ] as const) {
      const from = Array.from({ length: n }, (_, index) => index);
      const to = from.map((value) => value + 0.5 / n);
      const differences = from.flatMap((low) => to.map((high) => high - low)).sort((one, other) => one - other);
      assert.equal(shiftInterval(from, to)?.lower, differences[most], `${n}`);
    }
  });
});

describe('the interval of a shift', () => {
  test('is null where no interval covers 95 %, and beyond what is computed', () => {
    assert.equal(shiftInterval([1, 2, 3], [4, 5, 6]), null);
    assert.equal(shiftInterval([], [1]), null);
    const many = Array.from({ length: MAX_SIDE + 1 }, (_, index) => index);
    assert.equal(shiftInterval(many, [1, 2, 3, 4]), null);
    assert.throws(() => shiftInterval([1, 2, 3, Number.NaN], [1, 2, 3, 4]), RangeError);
  });

  test('moves with the second sample, turns with the order, and holds its estimate', () => {
    fc.assert(
      fc.property(values(4, 12), values(4, 12), fc.integer({ min: -1000, max: 1000 }), (from, to, shift) => {
        const interval = shiftInterval(from, to);
        const moved = shiftInterval(
          from,
          to.map((value) => value + shift),
        );
        const turned = shiftInterval(to, from);
        assert.ok(interval !== null && moved !== null && turned !== null);
        assert.ok(interval.lower <= interval.estimate && interval.estimate <= interval.upper);
        for (const field of ['estimate', 'lower', 'upper'] as const) {
          assert.ok(Math.abs(moved[field] - interval[field] - shift) < 1e-6);
        }
        assert.equal(turned.lower, -interval.upper);
      }),
      { numRuns: count(100, 1000) },
    );
  });

  for (const [name, noise] of [
    ['normal', normal],
    ['heavy tails', (random: () => number) => normal(random) / Math.sqrt(chiSquared(random, 3) / 3)],
    ['skewed', (random: () => number) => -Math.log(1 - random())],
  ] as const) {
    test(`covers the true shift as often as it says: ${name}`, () => {
      const random = createRandom(11);
      const draw = (n: number, shift: number) => Array.from({ length: n }, () => noise(random) + shift);
      const repeats = count(2000, 10_000);
      let covered = 0;
      let confidence = 0;
      for (let at = 0; at < repeats; at += 1) {
        const interval = shiftInterval(draw(7, 0), draw(9, 3));
        confidence = interval?.confidence ?? 0;
        if (interval !== null && interval.lower <= 3 && interval.upper >= 3) covered += 1;
      }
      assert.ok(Math.abs(covered / repeats - confidence) < 0.015, `${covered / repeats} against ${confidence}`);
    });
  }

  test('and what it could have seen grows with the noise and falls with the trials', () => {
    const random = createRandom(3);
    const sample = (n: number, scale: number) => Array.from({ length: n }, () => scale * normal(random));
    const [few, many, wild] = [sample(6, 1), sample(60, 1), sample(6, 10)];
    assert.ok((detectableShift(many, many) ?? 0) < (detectableShift(few, few) ?? 0));
    assert.ok((detectableShift(few, few) ?? 0) < (detectableShift(wild, wild) ?? 0));
    assert.equal(detectableShift([1], many), null);
  });
});

describe('the one-sided probability of the signed ranks', () => {
  test('is exact at the ends and in the middle', () => {
    assert.equal(probabilityAbove([1, 2, 3, 4, 5, 6, 7, 8], 0), 1 / 256);
    assert.equal(probabilityBelow([1, 2, 3, 4, 5, 6, 7, 8], 0), 1);
    // Of 3 values the sums 0 … 6 have the weights 1 1 1 2 1 1 1: P(W ≥ 5) = 2/8.
    assert.equal(probabilityAbove([-1, 2, 3], 0), 2 / 8);
    assert.equal(probabilityAbove([0, 0, 0, 0], 0), 1, 'ties with theta speak against it');
    assert.equal(probabilityAbove([], 0), 1);
  });

  test('at most alpha of samples without an effect are below alpha', () => {
    const random = createRandom(5);
    for (const alpha of [0.005, 0.02, 0.1]) {
      let below = 0;
      const repeats = count(3000, 20_000);
      for (let at = 0; at < repeats; at += 1) {
        const sample = Array.from({ length: 9 }, () => normal(random));
        if (probabilityAbove(sample, 0) <= alpha) below += 1;
      }
      assert.ok(below / repeats <= alpha + 3 * Math.sqrt(alpha / repeats), `${below / repeats} at ${alpha}`);
    }
  });
});
