import { middle, sorted } from './order.ts';

/** An estimate and an interval that holds the true value with the probability `confidence`, before the data are seen. */
export interface Interval {
  readonly estimate: number;
  readonly lower: number;
  readonly upper: number;
  /** Exact coverage at this number of values for continuous symmetric noise; with ties it is at least this. */
  readonly confidence: number;
}

/** Under so many values no interval reaches the level: the widest of five covers 93.75 %. */
export const MIN_VALUES = 6;
/** More values would take seconds and hundreds of megabytes. */
export const MAX_VALUES = 2000;

const LEVEL = 0.95;

/** The means of all pairs, each value paired with itself as well, in rising order: n(n+1)/2 of them. */
export function walshAverages(values: readonly number[]): Float64Array {
  const ordered = sorted(values);
  const averages = new Float64Array((ordered.length * (ordered.length + 1)) / 2);
  let next = 0;
  for (const [at, low] of ordered.entries()) {
    for (const high of ordered.subarray(at)) {
      averages[next] = low + (high - low) / 2;
      next += 1;
    }
  }
  return averages.sort();
}

/**
 * The median of the Walsh averages: the estimate that belongs to the signed-rank test.
 * J. L. Hodges and E. L. Lehmann, "Estimates of location based on rank tests", Ann. Math. Statist. 34 (1963).
 */
export function hodgesLehmann(values: readonly number[]): number | null {
  return middle(walshAverages(values));
}

/**
 * The Hodges–Lehmann estimate with the narrowest interval of Wilcoxon's signed-rank test that covers at least 95 %:
 * from the k-th smallest to the k-th largest Walsh average (Hollander, Wolfe and Chicken, "Nonparametric Statistical
 * Methods", 3rd ed., section 3.3). Null under {@link MIN_VALUES} and above {@link MAX_VALUES} values.
 * @throws RangeError where a value is not finite.
 */
export function signedRankInterval(values: readonly number[]): Interval | null {
  if (values.length < MIN_VALUES || values.length > MAX_VALUES) {
    sorted(values);
    return null;
  }
  const averages = walshAverages(values);
  const { k, confidence } = criticalRank(values.length);
  const estimate = middle(averages);
  const lower = averages[k - 1];
  const upper = averages[averages.length - k];
  if (estimate === null || lower === undefined || upper === undefined) return null;
  return { estimate, lower, upper, confidence };
}

interface Critical {
  /** Rank of the interval's ends among the Walsh averages, from 1. */
  readonly k: number;
  readonly confidence: number;
}

/**
 * How probable it is to find at least so many Walsh averages above `theta` where the values are symmetric about it (or
 * about something lower): the exact one-sided p-value of Wilcoxon's signed-rank test for "more than theta". Averages equal to
 * `theta` do not count as above it, which makes ties cautious. 1 without values.
 * @throws RangeError where a value is not finite, or above {@link MAX_VALUES} values.
 */
export function probabilityAbove(values: readonly number[], theta: number): number {
  if (values.length > MAX_VALUES) throw new RangeError(`${values.length} values are more than ${MAX_VALUES}`);
  const averages = walshAverages(values);
  const above = averages.reduce((count, average) => count + (average > theta ? 1 : 0), 0);
  return upperTail(values.length, above);
}

/** The same for "less than theta". */
export function probabilityBelow(values: readonly number[], theta: number): number {
  return probabilityAbove(
    values.map((value) => -value),
    -theta,
  );
}

/** P(W ≥ w), by the symmetry of W about the middle. */
function upperTail(n: number, w: number): number {
  const most = (n * (n + 1)) / 2;
  const lower = lowerTails(n);
  const mirrored = most - w;
  if (mirrored < lower.length) return lower[mirrored] ?? 1;
  return 1 - (w === 0 ? 0 : (lower[w - 1] ?? 0)) || 1;
}

const tails = new Map<number, Float64Array>();

/** P(W ≤ w) for w up to the middle. */
function lowerTails(n: number): Float64Array {
  const before = tails.get(n);
  if (before !== undefined) return before;
  let sum = 0;
  const cumulated = signedRankProbabilities(n).map((probability) => {
    sum += probability;
    return sum;
  });
  tails.set(n, cumulated);
  return cumulated;
}

const known = new Map<number, Critical>();

/** The largest k with P(W < k) ≤ 2.5 %, where W is the signed-rank statistic of n values without a difference. */
function criticalRank(n: number): Critical {
  const before = known.get(n);
  if (before !== undefined) return before;
  const tail = (1 - LEVEL) / 2;
  const probabilities = signedRankProbabilities(n);
  let below = 0;
  let k = 0;
  for (let next = probabilities[k] ?? 1; below + next <= tail; next = probabilities[k] ?? 1) {
    below += next;
    k += 1;
  }
  const critical = { k, confidence: 1 - 2 * below };
  known.set(n, critical);
  return critical;
}

/**
 * P(W = w) for w up to the middle: each rank 1 … n is in the sum with probability ½, one rank after the other.
 * Probabilities that are too small for a number become 0, far below anything that matters here.
 */
function signedRankProbabilities(n: number): Float64Array {
  const probabilities = new Float64Array(Math.floor((n * (n + 1)) / 4) + 1);
  probabilities[0] = 1;
  for (let rank = 1, reach = 0; rank <= n; rank += 1) {
    reach = Math.min(reach + rank, probabilities.length - 1);
    for (let sum = reach; sum >= 0; sum -= 1) {
      probabilities[sum] = ((probabilities[sum] ?? 0) + (probabilities[sum - rank] ?? 0)) / 2;
    }
  }
  return probabilities;
}
