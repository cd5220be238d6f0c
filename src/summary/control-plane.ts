import { CONTROL_PLANE } from '../scenario/index.ts';
import { median } from '../stats/index.ts';
import { type CrowdSummary, crowdOver } from './crowd.ts';
import { type IstiodSummary, istiodOver } from './istiod.ts';
import type { Reading } from './reading.ts';

/** What configuring the sidecars took: medians over trials, of each trial's sidecar that took the most. */
export interface ConfigurationSummary {
  /** From a sidecar's start until it had all of its configuration and took connections. */
  readonly readyNs: number | null;
  /** Processor time of the sidecar until then. */
  readonly cpuSeconds: number | null;
  /** Its memory at that instant. */
  readonly rssBytes: number | null;
  readonly clusters: number | null;
  readonly listeners: number | null;
  /** Resources and their encoded size that it was sent over the whole trial. */
  readonly resources: number | null;
  readonly bytes: number | null;
  /** Of the control plane: its processor time until the last sidecar was ready, or the crowd beside it, its memory then, and its encoding. */
  readonly server: {
    readonly cpuSeconds: number | null;
    readonly rssBytes: number | null;
    readonly encodeNs: number | null;
  };
  /** Light clients beside the sidecars; absent where there are none. */
  readonly crowd?: CrowdSummary;
  /** Absent where it is not istiod. */
  readonly istiod?: IstiodSummary;
  /** Of every unvetoed trial, what is charted. */
  readonly perTrial: readonly { readonly readyNs: number | null; readonly rssBytes: number | null }[];
  /** Why fields are null, by name. */
  readonly reasons: Readonly<Record<string, string>>;
}

const UNREAD = 'a trial did not give it';
const OF_ISTIOD = 'istiod counts by kind, not by sidecar: see what it says of itself';

/** Undefined where no control plane configured anything. */
export function configurationOver(readings: readonly Reading[]): ConfigurationSummary | undefined {
  if (!readings.some(({ trial }) => trial.controlPlane !== undefined)) return undefined;
  const over = (of: (reading: Reading) => readonly number[]): number | null => {
    const values = readings.flatMap((reading) => largest(of(reading)));
    return values.length < readings.length ? null : median(values);
  };
  const sidecar = {
    readyNs: over(readyNs),
    cpuSeconds: over(({ trial }) => ofSidecars(trial.controlPlane?.spent).map(({ cpuNs }) => cpuNs / 1e9)),
    rssBytes: over(rssBytes),
    clusters: over((reading) => counters(reading, 'cluster_manager.active_clusters')),
    listeners: over((reading) => counters(reading, 'listener_manager.total_listeners_active')),
    resources: over(({ trial }) => (trial.controlPlane?.streams ?? []).map(({ resources }) => resources)),
    bytes: over(({ trial }) => (trial.controlPlane?.streams ?? []).map(({ bytes }) => bytes)),
  };
  const server = {
    cpuSeconds: over(({ trial }) => ofServer(trial.controlPlane?.spent).map(({ cpuNs }) => cpuNs / 1e9)),
    rssBytes: over(({ trial }) => ofServer(trial.controlPlane?.spent).map(({ rssBytes }) => rssBytes)),
    encodeNs: over(({ trial }) =>
      trial.controlPlane?.prepared === undefined ? [] : [trial.controlPlane.prepared.encodeNs],
    ),
  };
  const istiod = istiodOver(readings);
  const crowd = crowdOver(readings);
  const missing = Object.entries(sidecar).filter(([, value]) => value === null);
  const reason = (field: string): string =>
    istiod !== undefined && (field === 'resources' || field === 'bytes') ? OF_ISTIOD : UNREAD;
  return {
    ...sidecar,
    server,
    ...(crowd === undefined ? {} : { crowd }),
    ...(istiod === undefined ? {} : { istiod }),
    perTrial: readings.map((reading) => ({
      readyNs: largest(readyNs(reading))[0] ?? null,
      rssBytes: largest(rssBytes(reading))[0] ?? null,
    })),
    reasons: Object.fromEntries(missing.map(([field]) => [field, reason(field)])),
  };
}

function readyNs({ trial }: Reading): readonly number[] {
  return ofSidecars(trial.ready);
}

function rssBytes({ trial }: Reading): readonly number[] {
  return ofSidecars(trial.controlPlane?.spent).map((spent) => spent.rssBytes);
}

function largest(values: readonly number[]): readonly number[] {
  return values.length === 0 ? [] : [values.reduce((most, value) => Math.max(most, value))];
}

function ofSidecars<T>(byComponent: Readonly<Record<string, T>> | undefined): readonly T[] {
  return Object.entries(byComponent ?? {}).flatMap(([name, value]) => (name.endsWith('.envoy') ? [value] : []));
}

function ofServer<T>(byComponent: Readonly<Record<string, T>> | undefined): readonly T[] {
  return Object.entries(byComponent ?? {}).flatMap(([name, value]) =>
    name.startsWith(`${CONTROL_PLANE}.`) ? [value] : [],
  );
}

function counters({ trial }: Reading, name: string): readonly number[] {
  return ofSidecars(trial.proxies).flatMap(({ counters: read }) => read[name] ?? []);
}
