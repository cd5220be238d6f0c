/** The values in rising order. @throws RangeError where one of them is not a finite number. */
export function sorted(values: readonly number[]): Float64Array {
  const copy = Float64Array.from(values);
  for (const value of copy) {
    if (!Number.isFinite(value)) throw new RangeError(`${value} among the values: only finite numbers can be ranked`);
  }
  return copy.sort();
}

/** The middle value, or the mean of the two middle ones; null of none. @throws RangeError on NaN and infinities. */
export function median(values: readonly number[]): number | null {
  return middle(sorted(values));
}

/** The median of values that are in rising order already; null of none. */
export function middle(ordered: Float64Array): number | null {
  const half = Math.floor(ordered.length / 2);
  const upper = ordered[half];
  const lower = ordered.length % 2 === 0 ? ordered[half - 1] : upper;
  return upper === undefined || lower === undefined ? null : lower + (upper - lower) / 2;
}

/**
 * The value at rank ⌈fraction · n⌉ of the sorted values, at least the first; null of none.
 * The product is lowered by its own rounding error first, or 0.07 of 100 would be rank 8.
 * @throws RangeError on NaN, infinities and a fraction outside 0 … 1.
 */
export function quantileNearestRank(values: readonly number[], fraction: number): number | null {
  if (!(fraction >= 0 && fraction <= 1)) throw new RangeError(`${fraction} is not a fraction between 0 and 1`);
  const exact = fraction * values.length;
  const rank = Math.max(Math.ceil(exact - exact * Number.EPSILON * 2), 1);
  return sorted(values)[rank - 1] ?? null;
}
