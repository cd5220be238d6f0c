import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { figure, instant, percent, plain, ratio, signed } from '../../src/report/figures.ts';

describe('figures', () => {
  const cases: readonly (readonly [string, string])[] = [
    [figure(62_100, 'ns'), '62.1 µs'],
    [figure(-1_400_000, 'ns'), '−1.40 ms'],
    [figure(41.9, 'ms'), '41.9 ms'],
    [figure(0.0419, 'ms'), '41.9 µs'],
    [figure(67_000_000, 'B'), '67.0 MB'],
    [figure(-2_100_000, 'B'), '−2.10 MB'],
    [figure(1999.6, '1/s'), '2,000/s'],
    [signed(92_100, 'ns'), '+92.1 µs'],
    [signed(-92_100, 'ns'), '−92.1 µs'],
    [signed(0, 'ns'), '0 ns'],
    [ratio(2.4812), '×2.48'],
    [percent(0.021), '2.10 %'],
    [plain(8_203_132_928), '8,203,132,928'],
    [plain(-0.256), '−0.26'],
    [instant('2026-11-22T14:03:12.118Z'), '2026-11-22 14:03 UTC'],
    [instant('yesterday'), 'yesterday'],
  ];
  for (const [actual, expected] of cases) test(expected, () => assert.equal(actual, expected));
});
