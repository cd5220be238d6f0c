import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { median, signedRankInterval, valuesForWidth } from '../../src/stats/index.ts';
import { createRandom } from '../../src/units/index.ts';
import { normal } from './noise.ts';

describe('the number of values for an interval of a width', () => {
  for (const [n, half, target, expected] of [
    [10, 30, 15, 40],
    [10, 15, 15, 10],
    [10, 1, 15, 10],
    [6, 16, 15, 7],
    [14, 0, 15, 14],
  ] as const) {
    test(`±${half} after ${n}, for ±${target}: ${expected}`, () =>
      assert.equal(valuesForWidth(n, half, target), expected));
  }

  test('refuses what is no width and no count', () => {
    assert.throws(() => valuesForWidth(0, 1, 1), RangeError);
    assert.throws(() => valuesForWidth(6.5, 1, 1), RangeError);
    assert.throws(() => valuesForWidth(6, 1, 0), RangeError);
    assert.throws(() => valuesForWidth(6, Number.NaN, 1), RangeError);
    assert.throws(() => valuesForWidth(6, Number.POSITIVE_INFINITY, 1), RangeError);
  });

  test('holds for normal noise: with that many, intervals have about that width', () => {
    const random = createRandom(5);
    const half = (n: number): number => {
      const interval = signedRankInterval(Array.from({ length: n }, () => normal(random)));
      return ((interval?.upper ?? Number.NaN) - (interval?.lower ?? Number.NaN)) / 2;
    };
    const typical = (n: number): number => median(Array.from({ length: 400 }, () => half(n))) ?? Number.NaN;
    const [few, target] = [typical(12), 0.3];
    const reached = typical(valuesForWidth(12, few, target));
    assert.ok(reached > 0.85 * target && reached < 1.1 * target, `${few} came down to ${reached}`);
  });
});
