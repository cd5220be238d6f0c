import { initWebAssembly, WasmHistogram } from 'hdr-histogram-js';
import { type Bucket, Distribution, nearestRank } from './distribution.ts';
import { compress, DIGITS, HIGHEST, LOWEST, PlainText, readPlain } from './hdr.ts';

/** Loads the WebAssembly of the histograms. Await it once per process before the first {@link Histogram}. */
export function ready(): Promise<void> {
  return initWebAssembly();
}

/**
 * Counts durations from 1 ns to one hour with three significant digits; adding histograms is exact.
 * It holds memory outside the garbage collector's sight: dispose of each (`using`).
 */
export class Histogram implements Disposable {
  static #living = 0;
  readonly #hdr = WasmHistogram.build({
    bitBucketSize: 64,
    autoResize: false,
    lowestDiscernibleValue: LOWEST,
    highestTrackableValue: HIGHEST,
    numberOfSignificantValueDigits: DIGITS,
  });
  #clamped = 0;

  /**
   * Fills the memory that histograms share as far as it will fill by itself. What encoding and adding leave behind is
   * collected once it is as much as what lives, and again once it is twice as much: in a process that encodes four
   * histograms a second, after minutes in which it grows. Three times as many histograms as live bring that forward, and
   * cost no memory that would not be taken.
   */
  static settle(): void {
    for (let left = 3 * Histogram.#living; left > 0; left -= 1) new Histogram()[Symbol.dispose]();
  }

  constructor() {
    Histogram.#living += 1;
  }

  /** Reads V2 base64, compressed or not, untrusted. @throws BenchError usage, `histogram`. */
  static decode(text: string): Histogram {
    const read = Distribution.decode(text);
    const histogram = new Histogram();
    for (const { value, count } of read.buckets()) {
      histogram.#hdr.recordValueWithCount(value, count);
    }
    return histogram;
  }

  /**
   * Counts one duration in ns; fractions are cut off. Allocates nothing.
   * What lies outside 0 … one hour counts as the nearer end, see {@link clamped}. @throws where it is not a number.
   */
  record(ns: number): void {
    if (ns >= 0 && ns <= HIGHEST) {
      this.#hdr.recordValue(ns);
      return;
    }
    this.#hdr.recordValue(ns < 0 ? 0 : Math.min(ns, HIGHEST));
    this.#clamped += 1;
  }

  get count(): number {
    return this.#hdr.totalCount;
  }

  /** How many values of {@link record} were out of range. Not part of the encoding. */
  get clamped(): number {
    return this.#clamped;
  }

  /** The smallest value, rounded down by 0.1 % at most; null without values. */
  get min(): number | null {
    return this.count === 0 ? null : this.#hdr.getValueAtPercentile(0);
  }

  /** The largest value, rounded up by 0.1 % at most; null without values. */
  get max(): number | null {
    return this.quantile(1);
  }

  /**
   * The value at rank ⌈fraction · n⌉, rounded up by 0.1 % at most; null without values.
   * The library rounds ranks up itself, but of a percentage, whose error can reach the next rank; it is therefore asked
   * for half a rank less than the one that is meant.
   */
  quantile(fraction: number): number | null {
    const { count } = this;
    const rank = nearestRank(fraction, count);
    return count === 0 ? null : this.#hdr.getValueAtPercentile((100 * (rank - 0.5)) / count);
  }

  /** HdrHistogram V2 compressed base64. */
  encode(): string {
    return compress(this.#hdr.encode());
  }

  /**
   * HdrHistogram V2 base64, not compressed: for a process that measures, since zlib leaves behind some 8 kB each time that V8
   * frees in its next full collection alone.
   */
  encodePlain(): string {
    const text = new PlainText();
    this.encodeInto(text);
    return text.toString();
  }

  /** The same, to be asked for later. */
  encodeInto(text: PlainText): void {
    text.set(this.#hdr.encode());
  }

  /** Adds the values of another one to this. Exact. */
  add(other: Histogram): void {
    this.#hdr.add(other.#hdr);
    this.#clamped += other.#clamped;
  }

  /** True where both hold the same counts. */
  equals(other: Histogram): boolean {
    return Buffer.compare(this.#hdr.encode(), other.#hdr.encode()) === 0;
  }

  /** Every place that holds a value, in rising order. */
  buckets(): Generator<Bucket> {
    return new Distribution(readPlain(this.#hdr.encode())).buckets();
  }

  /** Forgets all values. */
  reset(): void {
    this.#hdr.reset();
    this.#clamped = 0;
  }

  [Symbol.dispose](): void {
    this.#hdr.destroy();
    Histogram.#living -= 1;
  }
}
