import { median } from './order.ts';
import { type Interval, signedRankInterval } from './signed-rank.ts';

/** The logarithms of candidate / baseline, pair by pair. @throws RangeError unless all values are above 0. */
export function logRatios(baseline: readonly number[], candidate: readonly number[]): number[] {
  return pairs(baseline, candidate).map(([from, to]) => {
    if (!(from > 0 && to > 0)) throw new RangeError(`a ratio needs values above 0, not ${from} and ${to}`);
    return Math.log(to) - Math.log(from);
  });
}

/**
 * How many times the baseline the candidate is: the signed-rank interval of the log ratios, taken back.
 * Null where there is none, see {@link signedRankInterval}.
 */
export function pairedRatio(baseline: readonly number[], candidate: readonly number[]): Interval | null {
  const interval = signedRankInterval(logRatios(baseline, candidate));
  if (interval === null) return null;
  const { estimate, lower, upper, confidence } = interval;
  return { estimate: Math.exp(estimate), lower: Math.exp(lower), upper: Math.exp(upper), confidence };
}

/** How much more than the baseline the candidate is, in the unit of the values. */
export function pairedDifference(baseline: readonly number[], candidate: readonly number[]): Interval | null {
  return signedRankInterval(pairs(baseline, candidate).map(([from, to]) => to - from));
}

/** Quantiles of the normal distribution: two-sided 5 % and one-sided 80 %. */
export const Z_LEVEL = 1.96;
export const Z_POWER = 0.84;
/** Scales the median absolute deviation to the standard deviation of normal noise. */
const MAD_TO_SD = 1.4826;
/**
 * The signed-rank test needs up to 1/0.864 times the values of the t-test, for any symmetric noise
 * (J. L. Hodges and E. L. Lehmann, "The efficiency of some nonparametric competitors of the t-test",
 * Ann. Math. Statist. 27, 1956), that is √(1/0.864) = 1.08 times the effect at the same n; rounded up for small n.
 */
export const RANK_PENALTY = 1.1;

/**
 * The smallest mean of so many values with this noise that is told from 0 with about 80 % probability at the 5 % level:
 * the usual normal approximation n = ((z_level + z_power) · s / effect)² (for example NIST/SEMATECH e-Handbook of
 * Statistical Methods, 7.2.2.2), solved for the effect. `s` is robust, so that one bad value does not hide the rest.
 * In the unit of the values. Null under two values. @throws RangeError where a value is not finite.
 */
export function detectableEffect(values: readonly number[]): number | null {
  if (values.length < 2) return null;
  return ((Z_LEVEL + Z_POWER) * RANK_PENALTY * spread(values)) / Math.sqrt(values.length);
}

/** The smallest ratio − 1 that pairs with these log ratios tell from none, see {@link detectableEffect}. */
export function detectableRatio(logs: readonly number[]): number | null {
  const effect = detectableEffect(logs);
  return effect === null ? null : Math.expm1(effect);
}

/** A standard deviation: robust, or the plain one where half of the values are the same. */
export function spread(values: readonly number[]): number {
  const centre = median(values) ?? 0;
  const robust = MAD_TO_SD * (median(values.map((value) => Math.abs(value - centre))) ?? 0);
  if (robust > 0) return robust;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}

function pairs(baseline: readonly number[], candidate: readonly number[]): (readonly [number, number])[] {
  if (baseline.length !== candidate.length) {
    throw new RangeError(`${baseline.length} values of the baseline cannot be paired with ${candidate.length}`);
  }
  return baseline.map((from, at) => [from, candidate[at] ?? Number.NaN] as const);
}

/**
 * How many values an interval needs to come down to half the width `target`, after `n` values gave it `half`: its width
 * falls with the root of their number, so n grows with (half / target)². At least `n`.
 * @throws RangeError unless `n` is a count above 0 and both widths are finite, `target` above 0.
 */
export function valuesForWidth(n: number, half: number, target: number): number {
  if (!(Number.isInteger(n) && n > 0)) throw new RangeError(`${n} is no number of values`);
  if (!(half >= 0 && target > 0 && Number.isFinite(half) && Number.isFinite(target))) {
    throw new RangeError(`an interval of ±${half} cannot come down to ±${target}`);
  }
  return Math.max(n, Math.ceil(n * (half / target) ** 2));
}
