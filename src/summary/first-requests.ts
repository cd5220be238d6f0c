import { median } from '../stats/index.ts';
import type { Reading } from './reading.ts';

/** First requests through a sidecar to the called service, against the later ones of their trials. Times are service times, ns. */
export interface FirstRequests {
  /** Since when they are the first: the start of the trial, or a push that brought the service, by its name. */
  readonly since: string;
  /** One for each sidecar of each trial in which one succeeded. */
  readonly count: number;
  /** Requests before them that failed, as far as they were kept, summed: the first is the first that succeeds. */
  readonly failedBefore: number;
  readonly p50: number | null;
  readonly max: number | null;
  /** Medians over trials, of all requests of the measurement. */
  readonly laterP50: number | null;
  readonly laterP99: number | null;
  /** What a first request took more than the median of its trial's later ones; the median of that. */
  readonly penaltyNs: number | null;
}

type Marked = NonNullable<Reading['trial']['load']['firsts']>[number];

/** What a first request cost; empty where no control plane configured sidecars. */
export function firstRequestsOver(readings: readonly Reading[]): readonly FirstRequests[] {
  const found = readings.flatMap(firstsOf);
  const occasions = [...new Set(found.map(({ since }) => since))];
  return occasions.map((since) => {
    const own = found.filter((one) => one.since === since);
    const took = own.flatMap(({ serviceNs }) => serviceNs ?? []);
    const later = (fraction: number): number | null =>
      median(readings.flatMap(({ latencies }) => latencies.service.quantile(fraction) ?? []));
    return {
      since,
      count: took.length,
      failedBefore: own.reduce((sum, one) => sum + one.failedBefore, 0),
      p50: median(took),
      max: took.length === 0 ? null : Math.max(...took),
      laterP50: later(0.5),
      laterP99: later(0.99),
      penaltyNs: median(
        own.flatMap(({ serviceNs, laterNs }) => (serviceNs === null || laterNs === null ? [] : [serviceNs - laterNs])),
      ),
    };
  });
}

interface First {
  readonly since: string;
  readonly serviceNs: number | null;
  readonly failedBefore: number;
  readonly laterNs: number | null;
}

function firstsOf({ trial, latencies }: Reading): readonly First[] {
  const laterNs = latencies.service.quantile(0.5) ?? null;
  return (trial.load.firsts ?? []).flatMap((marked) => {
    const occasion = occasionOf(marked, trial);
    if (occasion === undefined) return [];
    return firstByEndpoint(marked, occasion.from).map((first) => ({ since: occasion.since, ...first, laterNs }));
  });
}

/** After a push, who is first is told by its last acknowledgement: before that the service was not there for everybody. */
function occasionOf(
  { at }: Marked,
  { timeline, controlPlane }: Reading['trial'],
): { readonly since: string; readonly from: number } | undefined {
  const start = timeline.phases.find(({ name }) => name === 'warmup')?.from ?? 0;
  if (at === start) return { since: 'start', from: start };
  const push = controlPlane?.pushes?.find(({ intended, rolledBack }) => intended === at && !rolledBack);
  if (push === undefined) return undefined;
  const acknowledged = push.propagationNs.reduce<number>((most, ns) => Math.max(most, ns ?? 0), 0);
  return { since: push.what, from: push.actual + acknowledged };
}

/** For each endpoint the request that was intended first of those that succeeded, from an instant on. */
function firstByEndpoint(
  { intended, serviceNs, endpoint }: Marked,
  from: number,
): readonly Pick<First, 'serviceNs' | 'failedBefore'>[] {
  const all = intended
    .map((instant, index) => ({ instant, serviceNs: serviceNs[index] ?? null, endpoint: endpoint[index] ?? 0 }))
    .filter(({ instant }) => instant >= from)
    .toSorted((one, other) => one.instant - other.instant);
  return [...new Set(all.map((one) => one.endpoint))].map((of) => {
    const own = all.filter((one) => one.endpoint === of);
    const first = own.findIndex((one) => one.serviceNs !== null);
    return { serviceNs: own[first]?.serviceNs ?? null, failedBefore: first < 0 ? own.length : first };
  });
}
