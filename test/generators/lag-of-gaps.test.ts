import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { LagOfGaps } from '../../scripts/generators/lag-of-gaps.ts';

/** By going through every instant of every gap, 1 µs apart. */
function byInstants(gaps: readonly number[], share: number): number {
  const lags = gaps.flatMap((gap) => Array.from({ length: Math.round(gap / 1e3) }, (_, index) => (index + 0.5) * 1e3));
  const sorted = lags.sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

function lagOf(gaps: readonly number[]): LagOfGaps {
  const lag = new LagOfGaps();
  for (const gap of gaps) lag.add(gap);
  return lag;
}

describe('how late instants are that fall into gaps', () => {
  for (const [what, gaps, share, lag] of [
    ['a single gap: half of what is due in it waits for more than half of it', [10e6], 0.5, 5e6],
    ['a gap of a hundredth of the time is just within 99 %', [1e6, ...Array<number>(99_000).fill(1e3)], 0.99, 0],
    ['of two hundredths, half is not', [2e6, ...Array<number>(98_000).fill(1e3)], 0.99, 1e6],
    ['none where nothing was long', Array<number>(1000).fill(100), 0.99, 0],
  ] as const) {
    test(what, () => assert.ok(Math.abs(lagOf(gaps).quantile(share) - lag) < 2e3, `${lagOf(gaps).quantile(share)}`));
  }

  test('the same as instant by instant', () => {
    const gaps = fc.array(
      fc.integer({ min: 10, max: 3000 }).map((us) => us * 1e3),
      { minLength: 1, maxLength: 50 },
    );
    fc.assert(
      fc.property(gaps, fc.constantFrom(0.5, 0.9, 0.99), (some, share) => {
        const [got, wanted] = [lagOf(some).quantile(share), byInstants(some, share)];
        assert.ok(Math.abs(got - wanted) <= 2.5e3, `${got} is not ${wanted}`);
      }),
    );
  });
});
