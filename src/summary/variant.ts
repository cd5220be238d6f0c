import { OUTCOMES } from '../load/index.ts';
import type { Header } from '../record/index.ts';
import { median } from '../stats/index.ts';
import { configurationOver } from './control-plane.ts';
import { firstRequestsOver } from './first-requests.ts';
import { METRICS } from './metrics.ts';
import { packetsOver } from './packets.ts';
import { phasesOver } from './phases.ts';
import { pushesOver } from './pushes.ts';
import { lagQuantilesOver, NO_BLOCK, quantileOf, quantilesOver } from './quantiles.ts';
import type { PlannedVariant, Reading } from './reading.ts';
import { reconnectsOver } from './reconnects.ts';
import { seriesOver } from './series.ts';
import { spectrumOver } from './spectrum.ts';
import type { Reasons, TrialPoint, VariantSummary } from './summary.ts';
import { cpuOver, memoryOver } from './usage.ts';

/** A variant over its trials of whole blocks: counts are sums, `max` the largest, all else the median over trials. */
export function summarizeVariant(
  variant: PlannedVariant,
  readings: readonly Reading[],
  fingerprint: Header['fingerprint'],
): VariantSummary {
  const { name, base, axes, baseline, path, settings, missingSignals, offeredRate } = variant;
  const achieved = readings.flatMap(({ achievedRate }) => achievedRate ?? []);
  const ready = readings.flatMap(longestReady);
  const configuration = configurationOver(readings);
  const reconnects = reconnectsOver(readings);
  const pushes = pushesOver(variant, readings);
  const phases = phasesOver(readings);
  const firstRequests = firstRequestsOver(readings);
  return {
    name,
    base,
    axes,
    baseline,
    path,
    settings,
    missingSignals,
    trials: readings.length,
    requests: sum(readings, ({ requests }) => requests),
    errors: sum(readings, ({ errors }) => errors),
    outcomes: outcomesOver(readings),
    ...(offeredRate === null ? { loop: 'closed' as const } : {}),
    offeredRate,
    achievedRate: achieved.length < readings.length ? null : median(achieved),
    overloaded: readings.filter(({ overloaded }) => overloaded).length * 2 > readings.length,
    ...latenciesOver(readings, offeredRate === null),
    cpu: cpuOver(readings, fingerprint),
    memory: memoryOver(readings),
    packets: packetsOver(readings),
    readyNs: median(ready),
    ...(configuration === undefined ? {} : { configuration }),
    ...(pushes === undefined ? {} : { pushes }),
    ...(phases.length === 0 ? {} : { phases }),
    ...(firstRequests.length === 0 ? {} : { firstRequests }),
    events: readings.flatMap(eventsOf),
    ...(reconnects === undefined ? {} : { reconnects }),
    versions: versionsOver(readings),
    reasons: reasons(readings, achieved.length, ready.length),
    perTrial: readings.map(pointOf),
    spectrum: spectrumOver(readings),
    series: seriesOver(readings),
  };
}

type Latencies = Pick<VariantSummary, 'responseNs' | 'serviceNs' | 'queueWaitNs' | 'releaseLagNs'>;

function latenciesOver(readings: readonly Reading[], closed: boolean): Latencies {
  const latencies = {
    responseNs: quantilesOver(readings, 'response'),
    serviceNs: quantilesOver(readings, 'service'),
    queueWaitNs: quantilesOver(readings, 'queueWait'),
    releaseLagNs: lagQuantilesOver(readings),
  };
  if (!closed || readings.length === 0) return latencies;
  const { responseNs, queueWaitNs, releaseLagNs } = latencies;
  return {
    ...latencies,
    responseNs: { ...responseNs, reasons: allFor(responseNs.reasons, NO_RESPONSE_TIME) },
    queueWaitNs: { ...queueWaitNs, reasons: allFor(queueWaitNs.reasons, NOT_DUE) },
    releaseLagNs: { ...releaseLagNs, reasons: allFor(releaseLagNs.reasons, NOT_DUE) },
  };
}

const NOT_DUE = 'in a closed loop no request is due at a time';
const NO_RESPONSE_TIME = `${NOT_DUE}, so there is no response time; the service time is that of a closed loop`;

function allFor(reasons: Reasons, reason: string): Reasons {
  return Object.fromEntries(Object.keys(reasons).map((field) => [field, reason]));
}

function reasons(readings: readonly Reading[], achieved: number, ready: number): Reasons {
  if (readings.length === 0) return { achievedRate: NO_BLOCK, readyNs: NO_BLOCK };
  return {
    ...(achieved < readings.length ? { achievedRate: 'a trial has no one-second intervals' } : {}),
    ...(ready === 0 ? { readyNs: 'no component reported when it was ready' } : {}),
  };
}

function longestReady({ trial }: Reading): number[] {
  const times = Object.values(trial.ready);
  return times.length === 0 ? [] : [times.reduce((most, time) => Math.max(most, time))];
}

function outcomesOver(readings: readonly Reading[]): Record<string, number> {
  const totals = OUTCOMES.map((outcome) => [outcome, sum(readings, ({ trial }) => trial.load.outcomes[outcome] ?? 0)]);
  return Object.fromEntries(totals.filter(([, count]) => count !== 0));
}

function versionsOver(readings: readonly Reading[]): Record<string, number> {
  const totals = new Map<string, number>();
  for (const { trial } of readings) {
    for (const [tag, count] of Object.entries(trial.load.versions)) totals.set(tag, (totals.get(tag) ?? 0) + count);
  }
  return Object.fromEntries(totals);
}

function eventsOf({ trial }: Reading): VariantSummary['events'] {
  return trial.timeline.events.map(({ action, target, intended, actual }) => {
    return { action, target, intendedNs: intended, actualNs: actual, trial: trial.index };
  });
}

function pointOf(reading: Reading): TrialPoint {
  return {
    block: reading.trial.block,
    p50: quantileOf(reading, 'response', 'p50'),
    p90: quantileOf(reading, 'response', 'p90'),
    p99: quantileOf(reading, 'response', 'p99'),
    cpuMsPer1k: METRICS.get('cpuMsPer1k')?.of(reading) ?? null,
    releaseLagP99: quantileOf(reading, 'releaseLag', 'p99'),
  };
}

function sum(readings: readonly Reading[], of: (reading: Reading) => number): number {
  return readings.reduce((total, reading) => total + of(reading), 0);
}
