import type { Scheduling } from '../scenario/index.ts';

/** How a run keeps its machine quiet, decided. */
export interface SchedulingPlan {
  readonly system: 'normal' | 'realtime';
  readonly load: 'normal' | 'raised';
  readonly awake: boolean;
  /** What was wished for and cannot be had here, one sentence each. */
  readonly degraded: readonly string[];
}

/** What stands against real-time scheduling. */
export interface SchedulingFacts {
  /** True where processes may be given SCHED_RR, and with it a raised priority. */
  readonly mayRealtime: boolean;
  /** True where hosts are containers: their groups have no share of real time, and they get no privilege for it. */
  readonly contained?: boolean;
  /** True where a variant limits a sidecar's processor time: such a limit does not hold real-time tasks. */
  readonly limited: boolean;
  /** True where the system is to be saturated: the kernel stops SCHED_RR for 50 ms of each second that is wholly taken. */
  readonly saturating?: boolean;
}

/** What `auto` is; docs/measurement.md has the figures of the alternatives. */
const AUTO = { system: 'realtime', load: 'raised', awake: false } as const;

/** Decides a scenario's scheduling; all variants of a run have the same, so that they can be compared. */
export function decideScheduling(wished: Scheduling, facts: SchedulingFacts): SchedulingPlan {
  const system = wished.system === 'auto' ? (facts.saturating === true ? 'normal' : AUTO.system) : wished.system;
  const load = wished.load === 'auto' ? AUTO.load : wished.load;
  const awake = wished.awake === 'auto' ? AUTO.awake : wished.awake;
  const againstRealtime = system === 'realtime' ? obstacles(facts) : [];
  return {
    system: againstRealtime.length === 0 ? system : 'normal',
    load: facts.mayRealtime ? load : 'normal',
    awake,
    degraded: [
      ...(againstRealtime.length === 0
        ? []
        : [
            `applications and proxies ran at normal priority, held up by whatever else ran: ${againstRealtime.join(', and ')}`,
          ]),
      ...(load === 'normal' || facts.mayRealtime ? [] : ['the load ran at normal priority: a raised one needs root']),
    ],
  };
}

function obstacles({ mayRealtime, contained = false, limited }: SchedulingFacts): readonly string[] {
  return [
    ...(mayRealtime ? [] : ['SCHED_RR needs root']),
    ...(contained ? ['containers have no SCHED_RR'] : []),
    ...(limited ? ['a limit of processor time does not hold tasks under SCHED_RR'] : []),
  ];
}
