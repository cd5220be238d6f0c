import type { Scheduling } from '../scenario/index.ts';

/** How a run keeps its machine quiet, decided. */
export interface SchedulingPlan {
  readonly system: 'normal' | 'realtime';
  readonly awake: boolean;
  /** What was wished for and cannot be had here, one sentence each. */
  readonly degraded: readonly string[];
}

/** What `auto` is: the least spread of A/A pairs in the study that docs/measurement.md tells of. */
const AUTO = { system: 'realtime', awake: true } as const;

/** Decides a scenario's scheduling for a machine that may use SCHED_RR or not. */
export function decideScheduling(wished: Scheduling, mayRealtime: boolean): SchedulingPlan {
  const system = wished.system === 'auto' ? AUTO.system : wished.system;
  const awake = wished.awake === 'auto' ? AUTO.awake : wished.awake;
  if (system !== 'realtime' || mayRealtime) return { system, awake, degraded: [] };
  const word = 'applications and proxies ran at normal priority, held up by whatever else ran: SCHED_RR needs root';
  return { system: 'normal', awake, degraded: [word] };
}
