import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicNow } from '../metrics/index.ts';
import type { Trial } from '../record/index.ts';
import type { HostProcess } from '../runtime/index.ts';
import type { EventSpec, Outage } from '../scenario/index.ts';
import { BenchError, type Nanos } from '../units/index.ts';
import type { RunningControlPlane } from './control-plane.ts';
import { type Pushes, type Pushing, runPush } from './pushes.ts';

/** What was done to a component, in ns from the start of the measurement. */
export type TimelineEvent = Trial['timeline']['events'][number];

/** What events need of a deployment. */
export interface Eventful extends Pick<Pushing, 'counters'> {
  readonly processes: ReadonlyMap<string, HostProcess>;
  readonly controlPlane: RunningControlPlane | undefined;
}

/** Carries out a trial's events; resolves with what was done and when, in order of time. */
export async function runEvents(specs: readonly EventSpec[], measureFrom: Nanos, place: Eventful): Promise<Pushes> {
  const { processes, controlPlane } = place;
  const counters = (): ReturnType<Eventful['counters']> => place.counters();
  const done = await Promise.all(
    specs.map(async (event, index): Promise<Pushes> => {
      if (event.kind === 'push')
        return await runPush({ index, event }, { controlPlane: needed(controlPlane).pushing, counters, measureFrom });
      const events =
        event.kind === 'pause'
          ? await pause(event, measureFrom, component(event.target, processes))
          : await kill(event, measureFrom, needed(controlPlane));
      return { events, pushes: [] };
    }),
  );
  return {
    events: done.flatMap(({ events }) => events).sort((a, b) => a.actual - b.actual),
    pushes: done.flatMap(({ pushes }) => pushes),
  };
}

function needed<T>(controlPlane: T | undefined): T {
  if (controlPlane !== undefined) return controlPlane;
  throw new BenchError('internal', 'NO_CONTROL_PLANE', 'an event needs a control plane, and there is none');
}

function component(name: string, processes: ReadonlyMap<string, HostProcess>): HostProcess {
  const found = processes.get(name);
  if (found !== undefined) return found;
  throw new BenchError('usage', 'NO_SUCH_COMPONENT', `an event names ${name}, which this variant does not have`, {
    hint: `it has ${[...processes.keys()].join(', ')}`,
  });
}

async function pause({ at, for: length }: Outage, measureFrom: Nanos, process: HostProcess): Promise<TimelineEvent[]> {
  return [
    await step('pause', process.name, at, measureFrom, () => process.signal('SIGSTOP')),
    await step('resume', process.name, at + length, measureFrom, () => process.signal('SIGCONT')),
  ];
}

/** It is there again once it serves, which is later than it was started. */
async function kill(spec: Outage, measureFrom: Nanos, controlPlane: RunningControlPlane): Promise<TimelineEvent[]> {
  return [
    await step('kill', spec.target, spec.at, measureFrom, () => controlPlane.kill(spec.target)),
    await step('start', spec.target, spec.at + spec.for, measureFrom, () => controlPlane.comeBack(spec.target)),
  ];
}

async function step(
  action: TimelineEvent['action'],
  target: string,
  intended: number,
  measureFrom: Nanos,
  act: () => Promise<Nanos>,
): Promise<TimelineEvent> {
  await sleep(Math.max(0, (measureFrom + intended - monotonicNow()) / 1e6));
  return { action, target, intended, actual: Math.round((await act()) - measureFrom) };
}
