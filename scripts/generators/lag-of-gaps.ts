/** Shorter ones are what reading a clock takes, and are kept as one sum. */
const SHORTEST_NS = 5_000;

/**
 * How late instants are that fall anywhere into the gaps between readings of a clock: what is due `x` before the end of a
 * gap waits for `x`. Allocates nothing for gaps that are not worth a word.
 */
export class LagOfGaps {
  private readonly long: number[] = [];
  private total = 0;

  /** A gap, ns. */
  add(ns: number): void {
    this.total += ns;
    if (ns > SHORTEST_NS) this.long.push(ns);
  }

  /** The lag that a share of all instants does not exceed, ns; to the length of a short gap. */
  quantile(share: number): number {
    const late = (1 - share) * this.total;
    const descending = [...this.long].sort((a, b) => b - a);
    // With k gaps longer than x, instants later than x fill sum − k · x of the time.
    let sum = 0;
    for (const [index, gap] of descending.entries()) {
      sum += gap;
      const lag = (sum - late) / (index + 1);
      const next = descending[index + 1] ?? 0;
      if (lag >= next) return Math.max(0, lag);
    }
    return 0;
  }
}
