import type { Nanos } from '../units/index.ts';
import type { Throttling } from './throttling.ts';

/** What to sample: at `from`, at `until`, and every `interval` between, on the monotonic clock of this machine. */
export interface ObservationRequest {
  readonly from: Nanos;
  readonly until: Nanos;
  readonly interval: Nanos;
  /** Whether memory that is dear to read is read after the end. */
  readonly memory: boolean;
}

/** Counters at one instant. All are totals since the process or the machine started; differences are usage. */
export interface UsageSample {
  /** When the reading began, monotonic. */
  readonly at: Nanos;
  /** How long the reading took: the sample's uncertainty. */
  readonly took: Nanos;
  readonly machine: MachineCounters;
  /** By `host.process`, and `harness` for the runtime's own processes. */
  readonly processes: Readonly<Record<string, ProcessCounters>>;
}

export interface MachineCounters {
  /** By processor number, from /proc/stat: idle, iowait and steal by the clock, the others sampled at ticks. */
  readonly cpus: Readonly<Record<string, CpuCounters>>;
  readonly contextSwitches: number;
}

/** Time in each state. Guest time is part of user, as /proc/stat has it. */
export interface CpuCounters {
  readonly user: Nanos;
  readonly nice: Nanos;
  readonly system: Nanos;
  readonly idle: Nanos;
  readonly iowait: Nanos;
  readonly irq: Nanos;
  readonly softirq: Nanos;
  readonly steal: Nanos;
}

export interface ProcessCounters {
  /** Where it was read if not in /proc: Docker's API knows whole containers only, with the init in them. */
  readonly source?: 'docker';
  /** By thread id; a container that Docker's API tells of counts as one thread. */
  readonly threads: Readonly<Record<string, ThreadCounters>>;
  readonly rssBytes: number;
  /** Proportional set size; read only at the last instant, since reading it disturbs. */
  readonly pssBytes: number | null;
  /** Highest RSS since the process started. */
  readonly peakBytes: number | null;
  /** Of a limited process, at the first and the last instant. */
  readonly throttling?: Throttling;
}

export interface ThreadCounters {
  readonly name: string;
  /** Time on a processor, /proc/<pid>/task/<tid>/schedstat, exact. */
  readonly run: Nanos;
  /** Time runnable but waiting for a processor, same source; null where that does not tell it, as are the switches. */
  readonly delay: Nanos | null;
  readonly voluntarySwitches: number | null;
  readonly involuntarySwitches: number | null;
}
