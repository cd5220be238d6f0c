import { setTimeout as sleep } from 'node:timers/promises';
import {
  monotonicNow,
  type ObservationRequest,
  openProcess,
  type ProcessCounters,
  type ProcessReader,
  readMachine,
  readThrottling,
  type UsageSample,
} from '../metrics/index.ts';
import { nanos } from '../units/index.ts';

/** The processes that count as one, and cpu.stat of the group that limits them. */
export interface Observed {
  readonly pids: readonly number[];
  readonly cpuStat: string | undefined;
}

/** What the observer needs to know of the processes by name, at the moment of asking. */
export type ProcessList = () => ReadonlyMap<string, Observed>;

/**
 * Samples at `from`, every `interval`, and at `until`. Context switches and throttling are read at both ends, and memory that is dear to
 * read after the end, so that nothing of it falls into the window.
 */
export async function observe(request: ObservationRequest, processes: ProcessList): Promise<UsageSample[]> {
  const readers = new Map<string, ProcessReader>();
  try {
    const samples = await observeBy(request, (edge) => sample(edge, processes(), readers));
    if (!request.memory) return samples;
    return [...samples.slice(0, -1), ...samples.slice(-1).map((last) => readMemoryOf(last, processes(), readers))];
  } finally {
    for (const reader of readers.values()) reader.close();
  }
}

/** The same with samples that are taken in another way; `edge` at both ends. */
export async function observeBy(
  request: ObservationRequest,
  take: (edge: boolean) => UsageSample | Promise<UsageSample>,
): Promise<UsageSample[]> {
  const samples: UsageSample[] = [];
  // A rehearsal: files are opened and code is compiled before the window begins.
  await take(true);
  for (const instant of instants(request)) {
    await until(instant);
    samples.push(await take(instant === request.from || instant === request.until));
  }
  return samples;
}

/**
 * Samples between the ends are taken off the beat: requests are due at whole seconds at any whole rate, and a sample, which
 * takes the load's processor for a millisecond, would make one in each second late.
 */
const OFF_BEAT_NS = 7.3e6;

function instants({ from, until: end, interval }: ObservationRequest): number[] {
  const result: number[] = [from];
  // A last step shorter than half an interval would only repeat the end.
  for (let instant = from + interval; instant < end - interval / 2; instant += interval) {
    result.push(instant + Math.min(OFF_BEAT_NS, interval / 4));
  }
  return [...result, end];
}

function sample(
  edge: boolean,
  processes: ReadonlyMap<string, Observed>,
  readers: Map<string, ProcessReader>,
): UsageSample {
  const at = monotonicNow();
  const machine = readMachine();
  const read: Record<string, ProcessCounters> = {};
  for (const [name, { pids, cpuStat }] of processes) {
    const counters = sumOf(pids.flatMap((pid) => readerOf(pid, readers, name).read(edge) ?? []));
    const throttling = edge && cpuStat !== undefined ? readThrottling(cpuStat) : undefined;
    if (counters !== undefined) read[name] = throttling === undefined ? counters : { ...counters, throttling };
  }
  return { at, took: nanos(monotonicNow() - at), machine, processes: read };
}

function readMemoryOf(
  last: UsageSample,
  processes: ReadonlyMap<string, Observed>,
  readers: Map<string, ProcessReader>,
): UsageSample {
  const read: Record<string, ProcessCounters> = {};
  for (const [name, counters] of Object.entries(last.processes)) {
    const process = processes.get(name);
    const memory = (process?.pids ?? []).map((pid) => readerOf(pid, readers, name).readMemory());
    read[name] = {
      ...counters,
      pssBytes: total(memory.map(({ pssBytes }) => pssBytes)),
      peakBytes: total(memory.map(({ peakBytes }) => peakBytes)),
    };
  }
  return { ...last, processes: read };
}

/** Several processes as one; undefined where none of them could be read. Thread ids are unique in a machine. */
export function sumOf(all: readonly ProcessCounters[]): ProcessCounters | undefined {
  const [first] = all;
  if (first === undefined || all.length === 1) return first;
  return {
    ...(first.source === undefined ? {} : { source: first.source }),
    threads: Object.assign({}, ...all.map(({ threads }) => threads)),
    rssBytes: all.reduce((bytes, { rssBytes }) => bytes + rssBytes, 0),
    pssBytes: null,
    peakBytes: null,
  };
}

/** Null where one is not known, or there is none. */
function total(values: readonly (number | null)[]): number | null {
  return values.reduce<number | null>(
    (sum_, value) => (sum_ === null || value === null ? null : sum_ + value),
    values.length === 0 ? null : 0,
  );
}

/** A component that was replaced is another process under the same name. */
function readerOf(pid: number, readers: Map<string, ProcessReader>, name: string): ProcessReader {
  const key = `${name} ${pid}`;
  const known = readers.get(key);
  if (known !== undefined) return known;
  const reader = openProcess(pid);
  readers.set(key, reader);
  return reader;
}

async function until(instant: number): Promise<void> {
  // Timers count whole milliseconds and may ring a part of one early.
  for (let ms = (instant - monotonicNow()) / 1e6; ms > 0; ms = (instant - monotonicNow()) / 1e6) {
    if (ms > 0.2) await sleep(ms);
  }
}
