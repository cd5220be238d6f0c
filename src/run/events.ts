import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicNow } from '../metrics/index.ts';
import type { HostProcess } from '../runtime/index.ts';
import type { EventSpec } from '../scenario/index.ts';
import { BenchError, type Nanos } from '../units/index.ts';

/** What was done to a component, in ns from the start of the measurement. */
export interface TimelineEvent {
  readonly action: 'pause' | 'resume';
  readonly target: string;
  readonly intended: number;
  readonly actual: number;
}

/** Carries out a trial's events; resolves with what was done and when, in order of time. */
export async function runEvents(
  specs: readonly EventSpec[],
  measureFrom: Nanos,
  processes: ReadonlyMap<string, HostProcess>,
): Promise<TimelineEvent[]> {
  const done = await Promise.all(specs.map((spec) => pause(spec, measureFrom, component(spec.pause, processes))));
  return done.flat().sort((a, b) => a.actual - b.actual);
}

function component(name: string, processes: ReadonlyMap<string, HostProcess>): HostProcess {
  const found = processes.get(name);
  if (found !== undefined) return found;
  throw new BenchError('usage', 'NO_SUCH_COMPONENT', `an event names ${name}, which this variant does not have`, {
    hint: `it has ${[...processes.keys()].join(', ')}`,
  });
}

async function pause(spec: EventSpec, measureFrom: Nanos, process: HostProcess): Promise<TimelineEvent[]> {
  const step = async (action: TimelineEvent['action'], offset: number): Promise<TimelineEvent> => {
    await sleep(Math.max(0, (measureFrom + offset - monotonicNow()) / 1e6));
    const at = await process.signal(action === 'pause' ? 'SIGSTOP' : 'SIGCONT');
    return { action, target: process.name, intended: offset, actual: Math.round(at - measureFrom) };
  };
  return [await step('pause', spec.at), await step('resume', spec.at + spec.for)];
}
