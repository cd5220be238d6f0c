import { monotonicNow } from '../../src/metrics/index.ts';
import { LagOfGaps } from './lag-of-gaps.ts';

/**
 * A loop that reads the clock and does nothing else: how late anything on this processor is at least, whoever releases it.
 * Usage: node floor.js <seconds>. Prints the release lag that 99 % of instants would have had, µs.
 */
const seconds = Number(process.argv[2]);
const lag = new LagOfGaps();
const start = monotonicNow();
let last: number = start;
while (last - start < seconds * 1e9) {
  const now = monotonicNow();
  lag.add(now - last);
  last = now;
}
process.stdout.write(`${lag.quantile(0.99) / 1e3}\n`);
