import type { HarnessSignals } from '../gate/index.ts';
import { Histogram, stolenShare, type Usage } from '../metrics/index.ts';
import type { Placement, Variant } from '../plan/index.ts';
import type { MergedLoad } from './merge.ts';

/** What the harness and the machine did during a trial, by which it is vetoed. */
export function harnessSignals(
  { usage, load }: { readonly usage: Usage; readonly load: MergedLoad },
  { settings }: Pick<Variant, 'settings'>,
  placement: Placement,
): HarnessSignals {
  const { machine, windowNs } = usage;
  const cpus = [...new Set([...placement.load, ...placement.harness, ...placement.system])];
  const busyNs = cpus.reduce((sum, cpu) => sum + (machine.busyByCpuNs[cpu] ?? 0), 0);
  const accounted = Object.values(usage.components).reduce((sum, component) => sum + component.cpuNs, 0);
  return {
    ...loopSignals(load, settings.load),
    stealShare: stolenShare(machine, [placement.load, placement.system]),
    outsideCpuShare: Math.max(0, busyNs - accounted) / (windowNs * cpus.length),
    lostIntervals: load.lost,
  };
}

/** What our own loop did wrong. A closed loop can be late for nothing. */
export function loopSignals(
  load: Pick<MergedLoad, 'planned' | 'histograms' | 'loopGaps'>,
  { loop, duration }: { readonly loop?: 'open' | 'closed'; readonly duration: number },
): Pick<HarnessSignals, 'releaseLagP99Ns' | 'loopGapShare'> {
  if (loop === 'closed') return {};
  return { releaseLagP99Ns: releaseLagP99(load), loopGapShare: load.loopGaps.over1msNs / duration };
}

/** How late our own loop released requests, p99 in ns: 0 where none was due, null where none of those that were due was released. */
export function releaseLagP99({ planned, histograms }: Pick<MergedLoad, 'planned' | 'histograms'>): number | null {
  using lag = Histogram.decode(histograms.releaseLag);
  return planned === 0 ? 0 : lag.quantile(0.99);
}
