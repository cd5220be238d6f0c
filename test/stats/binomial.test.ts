import assert from 'node:assert/strict';
import { test } from 'node:test';
import { binomialUpper } from '../../src/stats/index.ts';

test('the bound of Clopper and Pearson is that of published tables', () => {
  // 0 of n: 1 − level^(1/n), exactly; the others from R's binom.test(k, n, alternative = "less").
  for (const [k, n, expected] of [
    [0, 1000, 1 - 0.05 ** (1 / 1000)],
    [0, 10, 0.2588656],
    [1, 10, 0.3941633],
    [5, 10, 0.7775589],
    [10, 10, 1],
  ] as const) {
    assert.ok(Math.abs(binomialUpper(k, n, 0.05) - expected) < 1e-6, `${k} of ${n}: ${binomialUpper(k, n, 0.05)}`);
  }
  for (const [k, n, level] of [
    [-1, 10, 0.05],
    [11, 10, 0.05],
    [1, 0, 0.05],
    [0.5, 10, 0.05],
    [1, 10, 0],
  ] as const) {
    assert.throws(() => binomialUpper(k, n, level), RangeError);
  }
});
