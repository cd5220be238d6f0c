import type { KneeSettings, Scenario, Settings } from '../scenario/index.ts';
import type { Nanos } from '../units/index.ts';
import type { SchedulingPlan } from './scheduling.ts';

/** One variant at one point of the matrix: what one trial measures. */
export interface Variant {
  /** Unique in the plan: `outbound`, or `outbound load.rate=1000/s` where there is a matrix. */
  readonly name: string;
  /** The variant's name in the file. */
  readonly base: string;
  /** Its point in the matrix: axis path → value as written; empty without a matrix. */
  readonly axes: Readonly<Record<string, string>>;
  /** The variant that it is compared with: the first of the plan at the same point; its own name if it is that. */
  readonly baseline: string;
  readonly settings: Settings;
}

/** The processors of a run, those of load and system disjoint where the machine has two or more. */
export interface Placement {
  readonly load: readonly number[];
  /** The supervisor and the command line. */
  readonly harness: readonly number[];
  /** What a mesh needs around it and is not measured: crowds, collectors, an API server. */
  readonly helpers: readonly number[];
  /** Applications and proxies. */
  readonly system: readonly number[];
  /** True where load and system had to share processors. */
  readonly shared: boolean;
}

/** How a run was asked for, beyond its scenario. */
export type RunMode = 'full' | 'quick';

/** A user's own sidecar configuration in place of ours, as it was asked for. */
export interface ReplayRequest {
  readonly kind: 'config-dump' | 'bootstrap';
  /** SHA-256 of the user's file, hexadecimal. */
  readonly sha256: string;
  /** The listener by which requests come in; without it one is chosen by rule. */
  readonly listener?: string;
  /** The host that requests name; without it one is chosen by rule. */
  readonly authority?: string;
}

/** What will happen, frozen: `--dry-run` prints it, the record's header holds it. */
export interface Plan {
  readonly scenario: Scenario;
  readonly mode: RunMode;
  readonly seed: number;
  readonly variants: readonly Variant[];
  /** What rate is looked for; undefined where variants are measured at their own. */
  readonly knee: KneeSettings | undefined;
  /** Whole blocks that the run aims at; the most trials of each variant where a knee is looked for. */
  readonly blocks: number;
  /** Vetoed trials that it repeats at most: a fifth of all that are run. */
  readonly spareTrials: number;
  /** Load agents over which the schedule is sliced i mod W. */
  readonly agents: number;
  readonly placement: Placement;
  readonly scheduling: SchedulingPlan;
  /** The client's sidecar is a user's; undefined where it is ours. */
  readonly replay: ReplayRequest | undefined;
  readonly timeLimit: Nanos;
  /** Wall time that the planned blocks should take, without vetoes. */
  readonly estimate: Nanos;
  /**
   * SHA-256 over what is measured: protocol, topology, placement and scheduling as the scenario asks for them, agents, the variants
   * with their settings, and what is replayed. Not over the seed, the number of blocks or the wording, which runs of the same may differ in.
   */
  readonly hash: string;
}
