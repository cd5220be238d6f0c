import { stolenShare, type Throttling } from '../metrics/index.ts';
import type { Header, Trial } from '../record/index.ts';
import { COLLECTOR, CROWD } from '../scenario/index.ts';
import { median } from '../stats/index.ts';
import { NO_BLOCK } from './quantiles.ts';
import type { Reading } from './reading.ts';
import type { Throttled, VariantSummary } from './summary.ts';

/** True for the system under test; false for what measures it: the load, the harness and what takes its spans. */
export function isMeasured(component: string): boolean {
  const [host = '', process] = component.split('.');
  return !['harness', 'load', COLLECTOR, CROWD].includes(host) && process !== 'load';
}

/**
 * Processor time of some components per 1,000 answers of the measured window, ms.
 * Per answer, not per request: what an overloaded system did not do has cost nothing. Null without an answer.
 */
export function cpuMsPer1k({ trial, answered }: Reading, which: (component: string) => boolean): number | null {
  if (answered === null || answered <= 0) return null;
  const used = Object.entries(trial.usage.components).filter(([name]) => which(name));
  if (used.length === 0) return null;
  return used.reduce((sum, [, { cpuNs }]) => sum + cpuNs, 0) / 1e6 / (answered / 1000);
}

/** Why a record of an earlier version has no steal. */
const NOT_BY_PROCESSOR = 'the record does not tell it by processor';

/** The processors that load or system had, by number; the fingerprint lists them: `1,2,3`. */
export function processorsOf(fingerprint: Header['fingerprint'], which: 'load' | 'system'): readonly string[] {
  return String(fingerprint[`placement.${which}`] ?? '').split(',');
}

/** Processor time by component and of the machine, medians over trials. */
export function cpuOver(readings: readonly Reading[], fingerprint: Header['fingerprint']): VariantSummary['cpu'] {
  const usages = readings.map(({ trial }) => trial.usage).filter(({ windowNs }) => windowNs > 0);
  const machine = (of: (usage: Trial['usage']) => number) => median(usages.map(of));
  const groups = [processorsOf(fingerprint, 'load'), processorsOf(fingerprint, 'system')];
  const steal = median(usages.flatMap(({ machine }) => stolenShare(machine, groups) ?? []));
  const components = componentsOf(readings).map((name) => [name, cpuOf(readings, name)] as const);
  return {
    components: Object.fromEntries(components),
    machine: {
      busyCores: machine(({ machine: { busyNs }, windowNs }) => busyNs / windowNs),
      stealPercent: steal === null ? null : 100 * steal,
      unattributedCores: machine(({ machine: { unattributedNs }, windowNs }) => unattributedNs / windowNs),
    },
    reasons: {
      ...(usages.length > 0 ? {} : { busyCores: NO_BLOCK, unattributedCores: NO_BLOCK }),
      ...(steal !== null ? {} : { stealPercent: usages.length > 0 ? NOT_BY_PROCESSOR : NO_BLOCK }),
      ...(components.some(([, { cpuMsPer1k: per1k }]) => per1k === null)
        ? { cpuMsPer1k: 'in a trial no request was answered within the measurement' }
        : {}),
    },
  };
}

function cpuOf(readings: readonly Reading[], name: string): VariantSummary['cpu']['components'][string] {
  const used = readings.flatMap(({ trial }) => trial.usage.components[name] ?? []);
  const costs = readings
    .filter(({ trial }) => trial.usage.components[name] !== undefined)
    .map((reading) => cpuMsPer1k(reading, (component) => component === name));
  const had = costs.filter((cost) => cost !== null);
  const delays = used.map(({ runDelayNs }) => runDelayNs).filter((delay) => delay !== null);
  return {
    ...(used.some(({ source }) => source === 'docker') ? { source: 'docker' as const } : {}),
    coreSeconds: (median(used.map(({ cpuNs }) => cpuNs)) ?? 0) / 1e9,
    cpuMsPer1k: had.length < costs.length ? null : median(had),
    runDelaySeconds: delays.length < used.length ? null : (median(delays) ?? 0) / 1e9,
    ...throttledOf(used.flatMap(({ throttling }) => throttling ?? [])),
  };
}

function throttledOf(trials: readonly Throttling[]): { readonly throttled?: Throttled } {
  const seconds = median(trials.map(({ throttledNs }) => throttledNs / 1e9));
  const share = median(trials.map(({ periods, throttledPeriods }) => (100 * throttledPeriods) / Math.max(periods, 1)));
  return seconds === null || share === null ? {} : { throttled: { seconds, periodsPercent: share } };
}

/** Memory by component: medians over trials, and the largest peak. */
export function memoryOver(readings: readonly Reading[]): VariantSummary['memory'] {
  const components = componentsOf(readings).map((name) => {
    const used = readings.flatMap(({ trial }) => trial.usage.components[name] ?? []);
    const peaks = used.map(({ peakBytes }) => peakBytes).filter((peak) => peak !== null);
    return [
      name,
      {
        rssBytes: median(used.map(({ rssBytes }) => rssBytes)) ?? 0,
        pssBytes: median(used.map(({ pssBytes }) => pssBytes).filter((pss) => pss !== null)),
        peakBytes: peaks.length === 0 ? null : peaks.reduce((most, peak) => Math.max(most, peak)),
      },
    ] as const;
  });
  return { components: Object.fromEntries(components) };
}

function componentsOf(readings: readonly Reading[]): readonly string[] {
  return [...new Set(readings.flatMap(({ trial }) => Object.keys(trial.usage.components)))].sort();
}
