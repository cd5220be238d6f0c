import type { Throttling } from './throttling.ts';

/**
 * Usage over the measured window, as the record holds it: differences of counters, never raw samples.
 * Units are in the names, since these are also the names in record.jsonl.
 */
export interface Usage {
  readonly windowNs: number;
  /** By component: `client.load`, `server.app`, `client.envoy`, `harness`. */
  readonly components: Readonly<Record<string, ComponentUsage>>;
  readonly machine: MachineUsage;
  /** One entry per sampling interval. */
  readonly series: readonly UsagePoint[];
}

export interface ComponentUsage {
  /** Absent where it was read in /proc; `docker`: of the whole container, by Docker's API, which does not tell what is null here. */
  readonly source?: 'docker';
  /** Processor time, summed over threads. */
  readonly cpuNs: number;
  /** Time runnable but not running, summed over threads. */
  readonly runDelayNs: number | null;
  readonly voluntarySwitches: number | null;
  readonly involuntarySwitches: number | null;
  /** Empty where threads are not told apart. */
  readonly threads: readonly ThreadUsage[];
  /** Of a container: memory of its own and files that it has mapped, as far as they are charged to it. */
  readonly rssBytes: number;
  readonly pssBytes: number | null;
  readonly peakBytes: number | null;
  /** Only of a component whose processor time is limited. */
  readonly throttling?: Throttling;
}

export interface ThreadUsage {
  readonly name: string;
  readonly cpuNs: number;
  readonly runDelayNs: number;
}

export interface MachineUsage {
  readonly cores: number;
  /** The window less idle time, waiting for I/O and steal, over all processors. */
  readonly busyNs: number;
  /** Busy time that no component accounts for: the kernel's own and other people's tasks. Components + it = busy. */
  readonly unattributedNs: number;
  /** Busy time by processor number. */
  readonly busyByCpuNs: Readonly<Record<string, number>>;
  /** Sampled at ticks and charged to whoever was interrupted as well: an overlap, never a summand. */
  readonly softirqNs: number;
  readonly stealNs: number;
  /** Steal by processor number; absent in records of earlier versions. */
  readonly stealByCpuNs?: Readonly<Record<string, number>> | undefined;
  readonly contextSwitches: number;
}

export interface UsagePoint {
  /** From the start of the window. */
  readonly atNs: number;
  readonly spanNs: number;
  /** By component: processor time in the span, and RSS at its end. */
  readonly components: Readonly<Record<string, { readonly cpuNs: number; readonly rssBytes: number }>>;
  readonly busyNs: number;
  readonly stealNs: number;
}
