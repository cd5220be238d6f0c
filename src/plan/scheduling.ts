import type { Scheduling } from '../scenario/index.ts';

/** How a run keeps its machine quiet, decided. */
export interface SchedulingPlan {
  readonly system: 'normal' | 'realtime';
  readonly awake: boolean;
  /** What was wished for and cannot be had here, one sentence each. */
  readonly degraded: readonly string[];
}

/** What stands against real-time scheduling. */
export interface SchedulingFacts {
  /** True where processes may be given SCHED_RR. */
  readonly mayRealtime: boolean;
  /** True where a variant limits a sidecar's processor time: such a limit does not hold real-time tasks. */
  readonly limited: boolean;
}

/** What `auto` is; docs/measurement.md has the figures of both. */
const AUTO = { system: 'realtime', awake: false } as const;

/** Decides a scenario's scheduling; all variants of a run have the same, so that they can be compared. */
export function decideScheduling(wished: Scheduling, { mayRealtime, limited }: SchedulingFacts): SchedulingPlan {
  const awake = wished.awake === 'auto' ? AUTO.awake : wished.awake;
  const system = wished.system === 'auto' ? AUTO.system : wished.system;
  if (system !== 'realtime') return { system, awake, degraded: [] };
  const reasons = [
    ...(mayRealtime ? [] : ['SCHED_RR needs root']),
    ...(limited ? ['a limit of processor time does not hold tasks under SCHED_RR'] : []),
  ];
  if (reasons.length === 0) return { system, awake, degraded: [] };
  const word = `applications and proxies ran at normal priority, held up by whatever else ran: ${reasons.join(', and ')}`;
  return { system: 'normal', awake, degraded: [word] };
}
