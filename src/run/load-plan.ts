import type { LoadPlan } from '../load/index.ts';
import { scheduleOf } from '../plan/index.ts';
import type { PushName } from '../scenario/index.ts';
import { requestsOf } from './requests.ts';
import type { TrialSpec } from './trial.ts';

/** An agent's slice of the schedule: the arrivals whose index is i modulo W, and its part of the connections. */
export function loadPlan(spec: Pick<TrialSpec, 'variant' | 'mesh' | 'seed'>, index: number, of: number): LoadPlan {
  const { load } = spec.variant.settings;
  const connections = Math.floor(load.connections / of) + (index < load.connections % of ? 1 : 0);
  return {
    ...(load.loop === 'closed' ? { loop: load.loop } : {}),
    ...(load.wait === 'spin' ? {} : { wait: load.wait }),
    endpoints: [spec.mesh.target, ...spec.mesh.furtherTargets],
    connections,
    stagger: load.stagger,
    schedule: scheduleOf(load, spec.seed, { index, of }),
    warmup: load.warmup,
    duration: load.duration,
    timeout: load.timeout,
    request: requestsOf(spec.variant.settings, spec.mesh.authority, spec.seed),
    session: { kind: 'none' },
    endpoint: { kind: spec.mesh.furtherTargets.length === 0 ? 'fixed' : 'spread' },
    hedge: { kind: 'none' },
    ...marksOf(spec),
  };
}

/** Time and requests that are enough to see the first after a push that was late. */
const MARKED = { ns: 250e6, requests: 250 };
/** Pushes after which the called service is another, or known for the first time. */
const BRING_CALLED: readonly string[] = ['reveal', 'move'] satisfies readonly PushName[];

/** The first requests of the trial, and those after a push that brings every sidecar the service that is called. */
function marksOf({ variant: { settings }, mesh }: Pick<TrialSpec, 'variant' | 'mesh'>): Pick<LoadPlan, 'marks'> {
  const { controlPlane, load, events } = settings;
  if (controlPlane.kind === 'none') return {};
  const pushes = events.flatMap((event) =>
    event.kind === 'push' && event.groups === 1 && BRING_CALLED.includes(event.what) ? [event.at] : [],
  );
  const span = Math.min(MARKED.ns, (MARKED.requests / load.rate) * 1e9);
  return { marks: { at: [-load.warmup, ...pushes], span, endpoints: 1 + mesh.furtherTargets.length } };
}
