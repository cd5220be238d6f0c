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
