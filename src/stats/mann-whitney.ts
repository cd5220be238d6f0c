import { middle, sorted } from './order.ts';
import { RANK_PENALTY, spread, Z_LEVEL, Z_POWER } from './paired.ts';
import type { Interval } from './signed-rank.ts';

/** More values on a side would take seconds. */
export const MAX_SIDE = 150;

const LEVEL = 0.95;

/**
 * How much more the second sample is than the first: the median of all differences between them (Hodges–Lehmann), with
 * the narrowest interval of the Mann–Whitney test that covers at least 95 %, from the k-th smallest to the k-th largest
 * difference (Hollander, Wolfe and Chicken, "Nonparametric Statistical Methods", 3rd ed., section 4.3). For values that
 * are not paired and differ by a shift, of whatever distribution. Null where no interval covers so much (three values
 * against three) and above {@link MAX_SIDE} values on a side.
 * @throws RangeError where a value is not finite.
 */
export function shiftInterval(from: readonly number[], to: readonly number[]): Interval | null {
  const [before, after] = [sorted(from), sorted(to)];
  if (before.length > MAX_SIDE || after.length > MAX_SIDE) return null;
  const critical = criticalRank(before.length, after.length);
  if (critical.k < 1) return null;
  const differences = allDifferences(before, after);
  const estimate = middle(differences);
  const lower = differences[critical.k - 1];
  const upper = differences[differences.length - critical.k];
  if (estimate === null || lower === undefined || upper === undefined) return null;
  return { estimate, lower, upper, confidence: critical.confidence };
}

/**
 * The smallest shift that two samples with this noise find with about 80 % probability at the 5 % level: the normal
 * approximation with the robust spread of each. The Mann–Whitney test has the penalty of the signed-rank test (Hodges
 * and Lehmann 1956). Null under two values on a side.
 */
export function detectableShift(from: readonly number[], to: readonly number[]): number | null {
  if (from.length < 2 || to.length < 2) return null;
  const error = Math.sqrt(spread(from) ** 2 / from.length + spread(to) ** 2 / to.length);
  return (Z_LEVEL + Z_POWER) * RANK_PENALTY * error;
}

function allDifferences(before: Float64Array, after: Float64Array): Float64Array {
  const differences = new Float64Array(before.length * after.length);
  let next = 0;
  for (const low of before) {
    for (const high of after) {
      differences[next] = high - low;
      next += 1;
    }
  }
  return differences.sort();
}

interface Critical {
  /** Rank of the interval's ends among the differences, from 1; 0 where there is none. */
  readonly k: number;
  readonly confidence: number;
}

const known = new Map<string, Critical>();

/** The largest k with P(U < k) ≤ 2.5 %, where U counts the pairs in which the second value is the larger one. */
function criticalRank(n: number, m: number): Critical {
  const key = `${Math.min(n, m)} ${Math.max(n, m)}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const tail = (1 - LEVEL) / 2;
  let below = 0;
  let k = 0;
  if (n > 0 && m > 0) {
    const probabilities = mannWhitneyProbabilities(n, m);
    for (let next = probabilities[k] ?? 1; below + next <= tail; next = probabilities[k] ?? 1) {
      below += next;
      k += 1;
    }
  }
  const critical = { k, confidence: 1 - 2 * below };
  known.set(key, critical);
  return critical;
}

/**
 * P(U = u) up to the middle, for samples of one distribution. The largest of all values is in the first sample with
 * probability n/(n+m), and then adds nothing, or in the second, and then is above all n of the first:
 * P(n, m, u) = n/(n+m) · P(n−1, m, u) + m/(n+m) · P(n, m−1, u−n) (Mann and Whitney, Ann. Math. Statist. 18, 1947).
 */
export function mannWhitneyProbabilities(n: number, m: number): Float64Array {
  const most = Math.floor((n * m) / 2) + 1;
  /** By size of the first sample, for the second sample's size of the round. */
  let row: Float64Array[] = Array.from({ length: n + 1 }, () => certain(most));
  for (let second = 1; second <= m; second += 1) {
    const next: Float64Array[] = [certain(most)];
    for (let first = 1; first <= n; first += 1) {
      next.push(step(first, second, next[first - 1], row[first], most));
    }
    row = next;
  }
  return row[n] ?? certain(most);
}

function step(
  first: number,
  second: number,
  withoutFirst: Float64Array | undefined,
  withoutSecond: Float64Array | undefined,
  most: number,
): Float64Array {
  const probabilities = new Float64Array(most);
  const share = first / (first + second);
  for (let u = 0; u < most; u += 1) {
    probabilities[u] = share * (withoutFirst?.[u] ?? 0) + (1 - share) * (withoutSecond?.[u - first] ?? 0);
  }
  return probabilities;
}

/** Where one of the samples is empty, U is 0. */
function certain(length: number): Float64Array {
  const probabilities = new Float64Array(length);
  probabilities[0] = 1;
  return probabilities;
}
