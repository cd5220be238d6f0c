import { nearestRank } from '../metrics/index.ts';
import type { Trial } from '../record/index.ts';
import { median } from '../stats/index.ts';
import type { PlannedVariant, Reading } from './reading.ts';

type Push = NonNullable<NonNullable<Trial['controlPlane']>['pushes']>[number];

/** What the control plane told its sidecars during the measurement, over trials. */
export interface PushesSummary {
  /** Pushes to a group, roll-backs left out; summed. */
  readonly count: number;
  readonly rolledBack: number;
  /** Sidecars and light clients that a push reached, the median. */
  readonly sidecars: number;
  /** From a push until each of its sidecars had acknowledged: of all in a trial, medians over trials; `max` the largest. */
  readonly propagationNs: { readonly p50: number; readonly p99: number; readonly max: number } | null;
  /** For each sidecar, medians over pushes. */
  readonly resources: number;
  readonly bytes: number;
  /** To build and encode what all are sent, the median over pushes; null of istiod, which does not tell it. */
  readonly encodeNs: number | null;
  /**
   * Requests that were intended from the first push of an event until its last acknowledgement, roll-back included, and
   * those of them that failed; summed. Of events that watch what they do; null where there is none, or failed requests
   * were too many to be kept.
   */
  readonly harmed: { readonly requests: number; readonly failed: number } | null;
  /**
   * Requests that sidecars answered themselves over the whole trial, warm-up included, by Envoy's own counters: their
   * route led to a cluster that there was not (its flag NC), or whose endpoints were not there or not well (UH); summed.
   */
  readonly unled: { readonly noCluster: number; readonly noHealthyUpstream: number };
  /** What each event changed in the first trial. */
  readonly differences: readonly PushedDifference[];
}

/** What an event changed. */
export interface PushedDifference {
  readonly what: string;
  readonly resources: NonNullable<Push['difference']>['resources'];
  /** Resources that differ beyond those. */
  readonly more: number;
}

/** Told of repeated pushes: the first differ as the others do. */
const MOST_DIFFERENCES = 10;

/** Undefined where nothing was pushed. */
export function pushesOver(variant: PlannedVariant, readings: readonly Reading[]): PushesSummary | undefined {
  const trials = readings.map(({ trial }) => trial.controlPlane?.pushes ?? []);
  const all = trials.flat();
  const told = all.filter(({ rolledBack }) => !rolledBack);
  if (told.length === 0) return undefined;
  const each = (of: (push: Push) => number): number => median(told.map(of)) ?? 0;
  return {
    count: told.length,
    rolledBack: all.length - told.length,
    sidecars: each(({ sidecars }) => sidecars),
    propagationNs: propagation(trials),
    resources: each(({ resources, sidecars }) => resources / Math.max(1, sidecars)),
    bytes: each(({ bytes, sidecars }) => bytes / Math.max(1, sidecars)),
    encodeNs: median(told.flatMap(({ encodeNs }) => encodeNs ?? [])),
    harmed: harmedOver(variant, readings),
    unled: {
      noCluster: counted(readings, /^http\.outbound_.*\.no_cluster$/u),
      noHealthyUpstream: counted(readings, /^cluster\..*\.upstream_cx_none_healthy$/u),
    },
    differences: (trials[0] ?? []).flatMap(differenceOf).slice(0, MOST_DIFFERENCES),
  };
}

function counted(readings: readonly Reading[], name: RegExp): number {
  const all = readings.flatMap(({ trial }) =>
    Object.values(trial.proxies).flatMap(({ counters }) => Object.entries(counters)),
  );
  return all.reduce((sum, [counter, value]) => (name.test(counter) ? sum + value : sum), 0);
}

function differenceOf({ what, difference }: Push): readonly PushedDifference[] {
  return difference === null ? [] : [{ what, resources: difference.resources, more: difference.more }];
}

function propagation(trials: readonly (readonly Push[])[]): PushesSummary['propagationNs'] {
  const times = trials
    .map((pushes) => pushes.flatMap(({ propagationNs }) => propagationNs).filter((time) => time !== null))
    .filter((one) => one.length > 0)
    .map((one) => one.toSorted((a, b) => a - b));
  const over = (fraction: number): number | null =>
    median(times.map((sorted) => sorted[nearestRank(fraction, sorted.length) - 1] ?? 0));
  const [p50, p99] = [over(0.5), over(0.99)];
  if (p50 === null || p99 === null) return null;
  return { p50, p99, max: Math.max(...times.map((sorted) => sorted.at(-1) ?? 0)) };
}

function harmedOver(variant: PlannedVariant, readings: readonly Reading[]): PushesSummary['harmed'] {
  const harms = readings.flatMap((reading) => harmsOf(variant, reading));
  if (harms.length === 0 || readings.some(({ trial }) => trial.load.failedOverflow > 0)) return null;
  return {
    requests: harms.reduce((sum, { requests }) => sum + requests, 0),
    failed: harms.reduce((sum, { failed }) => sum + failed, 0),
  };
}

/** For each event that was watched. Requests are those that the rate had intended in its time. */
function harmsOf(
  { durationNs }: PlannedVariant,
  { trial }: Reading,
): readonly { readonly requests: number; readonly failed: number }[] {
  const pushes = trial.controlPlane?.pushes ?? [];
  const watched = [...new Set(pushes.filter((push) => push.watched !== null).map(({ event }) => event))];
  return watched.map((event) => {
    const own = pushes.filter((push) => push.event === event);
    const from = Math.min(...own.map(({ actual }) => actual));
    const until = Math.max(...own.map(endOf));
    const requests = Math.round((trial.load.planned * (until - from)) / durationNs);
    const failed = trial.load.failed.filter(({ intended }) => intended >= from && intended < until).length;
    // How many were due is reckoned from the rate: a push of some milliseconds may have met one more.
    return { requests: Math.max(requests, failed), failed };
  });
}

function endOf({ actual, propagationNs }: Push): number {
  return actual + propagationNs.reduce<number>((most, time) => Math.max(most, time ?? 0), 0);
}
