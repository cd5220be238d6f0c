import type { Conclusion } from '../summary/index.ts';

/**
 * What an interval of candidate / baseline says about a metric of which less is better.
 * A difference within the tolerance counts as none, even where it is certain.
 * @param ratio null where there is no interval.
 * @param tolerance 0.05 lets ratios from 1/1.05 to 1.05 count as equal.
 */
export function conclude(
  ratio: { readonly lower: number; readonly upper: number } | null,
  tolerance: number,
): Conclusion {
  if (ratio === null) return 'cannot-tell';
  const most = 1 + tolerance;
  if (ratio.lower >= 1 / most && ratio.upper <= most) return 'equivalent';
  if (ratio.lower > 1) return 'worse';
  if (ratio.upper < 1) return 'better';
  return 'cannot-tell';
}
