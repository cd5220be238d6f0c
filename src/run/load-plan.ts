import type { LoadPlan } from '../load/index.ts';
import { scheduleOf } from '../plan/index.ts';
import { requestsOf } from './requests.ts';
import type { TrialSpec } from './trial.ts';

/** An agent's slice of the schedule: the arrivals whose index is i modulo W, and its part of the connections. */
export function loadPlan(spec: Pick<TrialSpec, 'variant' | 'mesh' | 'seed'>, index: number, of: number): LoadPlan {
  const { load } = spec.variant.settings;
  const connections = Math.floor(load.connections / of) + (index < load.connections % of ? 1 : 0);
  return {
    ...(load.loop === 'closed' ? { loop: load.loop } : {}),
    ...(load.wait === 'spin' ? {} : { wait: load.wait }),
    endpoints: [spec.mesh.target],
    connections,
    stagger: load.stagger,
    schedule: scheduleOf(load, spec.seed, { index, of }),
    warmup: load.warmup,
    duration: load.duration,
    timeout: load.timeout,
    request: requestsOf(spec.variant.settings, spec.mesh.authority, spec.seed),
    session: { kind: 'none' },
    endpoint: { kind: 'fixed' },
    hedge: { kind: 'none' },
  };
}
