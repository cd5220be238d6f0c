import { median } from '../../src/stats/index.ts';

const SECONDS_PER_HOUR = 3600;
const BYTES_PER_MB = 1e6;

/**
 * How fast memory grows, MB/h, of one value in bytes a second: the median of the slopes between all pairs of values
 * (P. K. Sen, "Estimates of the regression coefficient based on Kendall's tau", J. Amer. Statist. Assoc. 63, 1968), which one
 * collection of garbage does not move. Null under two values.
 */
export function growth(bytes: readonly number[]): number | null {
  const slopes = bytes.flatMap((from, index) => bytes.slice(index + 1).map((to, after) => (to - from) / (after + 1)));
  const slope = median(slopes);
  return slope === null ? null : (slope * SECONDS_PER_HOUR) / BYTES_PER_MB;
}
