import { readFileSync, writeFileSync } from 'node:fs';

/** The record of a comparison of load generators: what docs/generators.md is made from. */
export const PARTS = ['capacity', 'latency', 'thrift'] as const;
export type PartName = (typeof PARTS)[number];

/** Ours, under the name that it has in tables. */
export const OURS = 'meshbench';

/** The target that is asked directly, and the same where waking its processor is no part of a response. */
export const NGINX = 'nginx';
export const AWAKE = 'nginx, kept awake';

/** A loop in C that sends, polls and does nothing else: how soon an answer can be read at all. */
export const SPIN = 'a loop in C';

/** A loop that only reads the clock, beside a processor that is busy: its p99 is the release lag of doing nothing. */
export const CLOCK = 'a clock alone';

/** What one run of a generator said, times in µs; null where it says none, or none finer than 0.1 ms. */
export interface Reading {
  /** Requests that were answered, per second. */
  readonly rate: number;
  readonly mean: number | null;
  readonly p50: number | null;
  readonly p99: number | null;
}

/** What ours says of a run beyond what all of them say. */
export interface Evidence {
  /** Requests per second. */
  readonly offered: number;
  /** Share of the offered requests that were answered well within the measurement. */
  readonly achieved: number;
  /** Release lag, µs. */
  readonly lagP99: number;
  /** What of harness and machine was beyond its limits: in a scenario the trial would be repeated. */
  readonly vetoes: readonly string[];
}

export interface Run extends Reading {
  readonly round: number;
  readonly tool: string;
  readonly target: string;
  /**
   * As much as it can, the same of the round's fastest rival once more beside ours, the share of that which ours is to
   * hold, nothing at all, or requests per second.
   */
  readonly asked: 'capacity' | 'beside' | 'held' | 'floor' | number;
  /** How much of its processor the target took, median over half seconds; through a proxy, proxy and target. */
  readonly targetBusy: number;
  /** What the hypervisor took of the two processors. */
  readonly steal: number;
  /** Only of ours. */
  readonly ours?: Evidence;
}

export interface Machine {
  readonly processor: string;
  readonly processors: number;
  readonly kernel: string;
  /** Of our agents, and of autocannon. */
  readonly node: string;
  readonly nginx: string;
  readonly envoy: string;
}

/** One part as it was measured in one sitting. */
export interface Part {
  readonly startedAt: string;
  /** Length of a run, s. */
  readonly seconds: number;
  readonly connections: number;
  readonly machine: Machine;
  /** Version by name, of what took part. */
  readonly tools: Readonly<Record<string, string>>;
  /** Why a generator did not take part. */
  readonly missing: Readonly<Record<string, string>>;
  readonly runs: readonly Run[];
}

/** A long run of ours at one rate. */
export interface Soak {
  readonly startedAt: string;
  readonly machine: Machine;
  readonly rate: number;
  readonly seconds: number;
  /** RSS of the agent, bytes, one value a second. */
  readonly rss: readonly number[];
  /** Seconds that arrived, and requests by which they differ from the total. */
  readonly intervals: number;
  readonly lost: number;
  readonly steal: number;
  readonly evidence: Evidence;
}

export interface GeneratorsRecord {
  readonly schemaVersion: 1;
  readonly parts: Readonly<Partial<Record<PartName, Part>>>;
  readonly soak: Soak | null;
}

const EMPTY: GeneratorsRecord = { schemaVersion: 1, parts: {}, soak: null };

/** Reads a record that this program wrote; an empty one where there is none. */
export function readGenerators(file: string): GeneratorsRecord {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return EMPTY;
  }
  return JSON.parse(text) as GeneratorsRecord;
}

/** Puts newer parts in the place of older ones. */
export function writeGenerators(file: string, newer: Partial<Omit<GeneratorsRecord, 'schemaVersion'>>): void {
  const known = readGenerators(file);
  const record: GeneratorsRecord = { ...known, ...newer, parts: { ...known.parts, ...newer.parts } };
  writeFileSync(file, `${JSON.stringify(record)}\n`);
}
