import { Histogram, stolenShare } from '../../src/metrics/index.ts';
import type { Trial } from '../../src/record/index.ts';

const MS = 1e6;

/** How late an event may be so that it is still plain which requests it met: they are 10 ms apart, and it is amid two. */
const EVENT_LATENESS = 3 * MS;

/** Vetoed trials are not results; of the others only calm ones are held against arithmetic to the millisecond. */
export function isCalm({ vetoes, load, timeline, usage }: Trial): boolean {
  const [lag = Number.NaN] = quantiles(load.histograms.releaseLag, 0.99);
  const punctual = timeline.events.every(({ intended, actual }) => Math.abs(actual - intended) <= EVENT_LATENESS);
  return vetoes.length === 0 && lag < MS && stolen(usage) < 0.02 && punctual;
}

/** Half of what is above p99, since a delayed answer meets a pause twice. */
const MOST_STOLEN = 0.005;

/** A veto stands where p50 moves. A hypervisor moves p99 that takes a hundredth of the time in which there is something to do. */
export function hadItsProcessors({ usage }: Trial): boolean {
  return stolen(usage) <= MOST_STOLEN;
}

/** On the processor that lost most; of one whose steal was not told nothing is known. */
function stolen({ machine }: Trial['usage']): number {
  const each = Object.keys(machine.busyByCpuNs).map((cpu) => [cpu]);
  return stolenShare(machine, each) ?? Number.NaN;
}

/** Quantiles of an encoded histogram, by nearest rank; NaN where it is empty. */
export function quantiles(encoded: string, ...fractions: readonly number[]): number[] {
  using histogram = Histogram.decode(encoded);
  return fractions.map((fraction) => histogram.quantile(fraction) ?? Number.NaN);
}
