import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicNow, type ObservationRequest, openProcess, type ProcessReader, readMachine, type UsageSample } from '../../metrics/index.ts';
import { nanos } from '../../units/index.ts';

/** What the observer needs to know of the processes: their name and id, at the moment of asking. */
export type ProcessList = () => ReadonlyMap<string, number>;

/** Samples at `from`, every `interval`, and at `until`; the first and the last sample are the full ones. */
export async function observe(request: ObservationRequest, processes: ProcessList): Promise<UsageSample[]> {
  const readers = new Map<string, ProcessReader>();
  const samples: UsageSample[] = [];
  try {
    for (const instant of instants(request)) {
      await until(instant);
      const edge = instant === request.from || instant === request.until;
      samples.push(sample(edge, processes(), readers));
    }
    return samples;
  } finally {
    for (const reader of readers.values()) reader.close();
  }
}

function instants({ from, until: end, interval }: ObservationRequest): number[] {
  const result: number[] = [];
  // A last step shorter than half an interval would only repeat the end.
  for (let instant: number = from; instant < end - interval / 2; instant += interval) result.push(instant);
  result.push(end);
  return result;
}

function sample(full: boolean, processes: ReadonlyMap<string, number>, readers: Map<string, ProcessReader>): UsageSample {
  const at = monotonicNow();
  const read: Record<string, UsageSample['processes'][string]> = {};
  for (const [name, pid] of processes) {
    const key = `${name} ${pid}`;
    const reader = readers.get(key) ?? openProcess(pid);
    readers.set(key, reader);
    const counters = reader.read(full);
    if (counters !== undefined) read[name] = counters;
  }
  const machine = readMachine();
  return { at, took: nanos(monotonicNow() - at), machine, processes: read };
}

async function until(instant: number): Promise<void> {
  const ms = (instant - monotonicNow()) / 1e6;
  if (ms > 0) await sleep(ms);
}
