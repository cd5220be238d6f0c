/** Values on each side of a change: fewer are no level of their own. */
const FEWEST = 5;
/** Orders that are tried; with them no probability is below 1 in 10,000. */
const ORDERS = 9999;

/** A place in a series at which its level changes. */
export interface ChangePoint {
  /** Of the first value of the new level. */
  readonly index: number;
  /** Probability of so large a change somewhere in a series of this length without one. */
  readonly p: number;
}

/**
 * Where the level of a series changes: at the split whose two sides differ most by their ranks, if no more than `alpha` of random
 * orders of the same values have as good a split, and then within each side again (binary segmentation; the permutation test
 * of A. N. Pettitt's statistic, Appl. Statist. 28, 1979). It asks nothing of the shape of the noise. In rising order.
 * @param random uniform in [0, 1): the same source gives the same answer.
 */
export function changePoints(values: readonly number[], alpha: number, random: () => number): readonly ChangePoint[] {
  const found = within(values, 0, alpha, random).toSorted((one, other) => one.index - other.index);
  // The first split of several changes may lie a little beside one: each is placed anew between its neighbours.
  return found.map(({ p }, at) => {
    const from = found[at - 1]?.index ?? 0;
    const until = found[at + 1]?.index ?? values.length;
    return { index: from + bestSplit(ranksOf(values.slice(from, until))).at, p };
  });
}

function within(
  values: readonly number[],
  offset: number,
  alpha: number,
  random: () => number,
): readonly ChangePoint[] {
  if (values.length < 2 * FEWEST) return [];
  const ranks = ranksOf(values);
  const { at, size } = bestSplit(ranks);
  const p = probability(ranks, size, alpha, random);
  if (p > alpha) return [];
  return [
    { index: offset + at, p },
    ...within(values.slice(0, at), offset, alpha, random),
    ...within(values.slice(at), offset + at, alpha, random),
  ];
}

/** Ranks from 1, ties by their mean. */
function ranksOf(values: readonly number[]): number[] {
  return values.map((value) => {
    const below = values.filter((other) => other < value).length;
    const equal = values.filter((other) => other === value).length;
    return below + (equal + 1) / 2;
  });
}

/** The split with the largest rank sum away from its mean, in standard deviations. */
function bestSplit(ranks: readonly number[]): { readonly at: number; readonly size: number } {
  const n = ranks.length;
  let best = { at: FEWEST, size: 0 };
  let sum = 0;
  for (const [index, rank] of ranks.entries()) {
    sum += rank;
    const left = index + 1;
    if (left < FEWEST || n - left < FEWEST) continue;
    const size = Math.abs(sum - (left * (n + 1)) / 2) / Math.sqrt((left * (n - left) * (n + 1)) / 12);
    if (size > best.size) best = { at: left, size };
  }
  return best;
}

/** Ends as soon as the answer cannot be below `alpha` any more. */
function probability(ranks: readonly number[], size: number, alpha: number, random: () => number): number {
  const shuffled = [...ranks];
  let asGood = 1;
  for (let order = 1; order <= ORDERS; order += 1) {
    for (let last = shuffled.length - 1; last > 0; last -= 1) {
      const picked = Math.floor(random() * (last + 1));
      [shuffled[last], shuffled[picked]] = [shuffled[picked] ?? 0, shuffled[last] ?? 0];
    }
    if (bestSplit(shuffled).size >= size - 1e-12) asGood += 1;
    if (asGood > alpha * (ORDERS + 1)) return 1;
  }
  return asGood / (ORDERS + 1);
}
