import readline from 'node:readline';
import type Docker from 'dockerode';
import {
  monotonicNow,
  type ObservationRequest,
  type ProcessCounters,
  readMachine,
  type Throttling,
  type UsageSample,
} from '../../metrics/index.ts';
import { nanos } from '../../units/index.ts';
import { observeBy, sumOf } from '../observer.ts';

/** Containers that count as one, by their ids in Docker, and whether their processor time is limited. */
export interface Asked {
  readonly ids: readonly string[];
  readonly limited: boolean;
}

/** What is read of a line of GET /containers/{id}/stats; it differs between versions of control groups. */
export interface ContainerStats {
  /** When the daemon read it, by the clock on the wall. */
  readonly read?: string;
  readonly cpu_stats?: {
    readonly cpu_usage?: { readonly total_usage?: number };
    readonly throttling_data?: {
      readonly periods?: number;
      readonly throttled_periods?: number;
      readonly throttled_time?: number;
    };
  };
  readonly memory_stats?: { readonly stats?: Readonly<Record<string, number>> };
}

/** Totals of a container. */
export interface Reading {
  /** By the clock on the wall, ns. */
  readonly at: number;
  readonly runNs: number;
  readonly rssBytes: number;
  readonly throttling: Throttling | undefined;
}

/**
 * Samples containers by Docker's API, where their processes and control groups cannot be read. The daemon reads once a second,
 * when it likes: Docker 20.10 answers no question before that either. So it is listened to, and what stood at an instant
 * is reckoned from the readings by {@link usedAt}.
 */
export async function observeContainers(
  docker: Docker,
  request: ObservationRequest,
  asked: ReadonlyMap<string, Asked>,
): Promise<readonly UsageSample[]> {
  const followed = await Promise.all(
    [...asked].map(async ([name, { ids, limited }]) => {
      return { name, all: await Promise.all(ids.map((id) => follow(docker, id, limited))) };
    }),
  );
  const wall = Date.now() * 1e6 - monotonicNow();
  const window = { from: request.from + wall, until: request.until + wall };
  try {
    const samples = await observeBy(request, machineSample);
    return samples.map((sample) => {
      const known = followed.flatMap(({ name, all }) => {
        const each = all.flatMap(({ id, readings }) => usedAt(id, readings, window, sample.at + wall) ?? []);
        const sum = each.length < all.length ? undefined : sumOf(each);
        return sum === undefined ? [] : [[name, sum] as const];
      });
      return { ...sample, processes: Object.fromEntries(known) };
    });
  } finally {
    for (const { stop } of followed.flatMap(({ all }) => all)) stop();
  }
}

function machineSample(): UsageSample {
  const at = monotonicNow();
  const machine = readMachine();
  return { at, took: nanos(monotonicNow() - at), machine, processes: {} };
}

interface Followed {
  readonly id: string;
  /** Grows. */
  readonly readings: readonly Reading[];
  stop(): void;
}

/** Nothing is heard of a container that is gone. */
async function follow(docker: Docker, id: string, limited: boolean): Promise<Followed> {
  const readings: Reading[] = [];
  const stream = await docker
    .getContainer(id)
    .stats({ stream: true })
    .catch(() => undefined);
  if (stream === undefined) return { id, readings, stop: () => undefined };
  stream.on('error', () => undefined);
  const lines = readline.createInterface({ input: stream });
  lines.on('line', (line) => {
    const reading = readingOf(JSON.parse(line) as ContainerStats, limited);
    if (reading !== undefined) readings.push(reading);
  });
  return {
    id,
    readings,
    stop: () => {
      lines.close();
      if ('destroy' in stream && typeof stream.destroy === 'function') stream.destroy();
    },
  };
}

/**
 * A line as totals; undefined where it does not tell processor time or memory. Memory is what no file backs and what is mapped
 * of files: `total_rss` and `total_mapped_file` of version 1 of control groups, `anon` and `file_mapped` of version 2.
 */
export function readingOf(stats: ContainerStats, limited: boolean): Reading | undefined {
  const at = Date.parse(stats.read ?? '') * 1e6;
  const runNs = stats.cpu_stats?.cpu_usage?.total_usage;
  const memory = stats.memory_stats?.stats;
  const own = memory?.['total_rss'] ?? memory?.['anon'];
  const mapped = memory?.['total_mapped_file'] ?? memory?.['file_mapped'];
  // A container that is ending is told with zeros.
  if (!(at > 0) || !runNs || own === undefined || mapped === undefined) return undefined;
  return { at, runNs, rssBytes: own + mapped, throttling: limited ? throttlingOf(stats) : undefined };
}

function throttlingOf({ cpu_stats }: ContainerStats): Throttling | undefined {
  const { periods, throttled_periods, throttled_time } = cpu_stats?.throttling_data ?? {};
  if (periods === undefined || throttled_periods === undefined || throttled_time === undefined) return undefined;
  return { periods, throttledPeriods: throttled_periods, throttledNs: throttled_time };
}

/**
 * What a container had used at an instant: on the straight line between the readings around it. Only those within the window
 * count, since before and after it the load is another; up to its ends the line goes on as steeply as from the first of them to the last.
 * Undefined where there are fewer than two.
 */
export function usedAt(
  id: string,
  all: readonly Reading[],
  { from, until }: { readonly from: number; readonly until: number },
  instant: number,
): ProcessCounters | undefined {
  const within = all.filter(({ at }, index) => at >= from && at <= until && at !== all[index - 1]?.at);
  const [first, last] = [within[0], within.at(-1)];
  if (first === undefined || last === undefined || first === last) return undefined;
  const next = within.findIndex(({ at }) => at >= instant);
  const [left, right] = next > 0 ? [within[next - 1] ?? first, within[next] ?? last] : [first, last];
  const base = next < 0 ? last : left;
  const share = (instant - base.at) / (right.at - left.at);
  const total = (of: (reading: Reading) => number): number => of(base) + (of(right) - of(left)) * share;
  const held = (of: keyof Throttling): number => Math.round(total(({ throttling }) => throttling?.[of] ?? 0));
  const run = nanos(total(({ runNs }) => runNs));
  const throttling = {
    periods: held('periods'),
    throttledPeriods: held('throttledPeriods'),
    throttledNs: held('throttledNs'),
  };
  return {
    source: 'docker',
    threads: { [id]: { name: 'container', run, delay: null, voluntarySwitches: null, involuntarySwitches: null } },
    rssBytes: (within.findLast(({ at }) => at <= instant) ?? first).rssBytes,
    pssBytes: null,
    peakBytes: null,
    ...(within.every((reading) => reading.throttling !== undefined) ? { throttling } : {}),
  };
}
