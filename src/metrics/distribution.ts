import { type Counts, rangeAt, readText } from './hdr.ts';

/** One place of a histogram: the largest value that counts as it, ns, and how many there were. */
export interface Bucket {
  readonly value: number;
  readonly count: number;
}

/**
 * What a histogram says, read-only: for summaries and reports, which read thousands and record nothing.
 * Values in ns, each within 0.1 % of what was recorded and never below it, as HdrHistogram rounds.
 */
export class Distribution {
  readonly count: number;
  readonly #indexes: readonly number[];
  /** How many values lie at or below the place of the same position. */
  readonly #upTo: readonly number[];

  constructor({ indexes, counts }: Counts) {
    let total = 0;
    this.#indexes = indexes;
    this.#upTo = counts.map((count) => {
      total += count;
      return total;
    });
    this.count = total;
  }

  /** Reads V2 base64, compressed or not, untrusted. @throws BenchError usage, `histogram`. */
  static decode(text: string): Distribution {
    return new Distribution(readText(text));
  }

  /** The smallest value, rounded down; null without values. */
  get min(): number | null {
    const first = this.#indexes[0];
    return first === undefined ? null : rangeAt(first).lowest;
  }

  /** The largest value; null without values. */
  get max(): number | null {
    return this.#highestAt(this.#indexes.length - 1);
  }

  /** The mean, from the middle of each place; null without values. */
  get mean(): number | null {
    if (this.count === 0) return null;
    let sum = 0;
    for (const [position, index] of this.#indexes.entries()) {
      const { lowest, highest } = rangeAt(index);
      sum += ((lowest + highest) / 2) * this.#countAt(position);
    }
    return sum / this.count;
  }

  /** The value at rank ⌈fraction · n⌉, at least the first; null without values. */
  quantile(fraction: number): number | null {
    const rank = nearestRank(fraction, this.count);
    let low = 0;
    let high = this.#upTo.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#upTo[middle] ?? 0) < rank) low = middle + 1;
      else high = middle;
    }
    return this.#highestAt(low);
  }

  /** Every place that holds a value, in rising order. */
  *buckets(): Generator<Bucket> {
    for (const [position, index] of this.#indexes.entries()) {
      yield { value: rangeAt(index).highest, count: this.#countAt(position) };
    }
  }

  #countAt(position: number): number {
    return (this.#upTo[position] ?? 0) - (this.#upTo[position - 1] ?? 0);
  }

  #highestAt(position: number): number | null {
    const index = this.#indexes[position];
    return index === undefined ? null : rangeAt(index).highest;
  }
}

/**
 * Rank, from 1, of a quantile among `count` values: ⌈fraction · count⌉.
 * The product is lowered by its own rounding error first, or 0.07 of 100 would be rank 8.
 */
export function nearestRank(fraction: number, count: number): number {
  if (!(fraction >= 0 && fraction <= 1)) throw new RangeError(`${fraction} is not a fraction between 0 and 1`);
  const exact = fraction * count;
  return Math.max(Math.ceil(exact - exact * Number.EPSILON * 2), 1);
}
