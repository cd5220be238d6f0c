import type { CertificateSummary, Conclusion, Reasons, RunEnd } from '../summary/index.ts';

/** One of the records that are compared, as its header and its closing line tell it. */
export interface ComparedRun {
  /** As the person named it. */
  readonly label: string;
  readonly scenario: string;
  readonly question: string;
  readonly runId: string;
  readonly startedAt: string;
  readonly runtime: string;
  readonly meshbench: string;
  readonly mode: 'full' | 'quick';
  readonly ended: RunEnd;
  readonly planHash: string;
  readonly blocks: { readonly measured: number };
  readonly trials: { readonly measured: number; readonly vetoed: number };
  /** What could not be read of the record, one sentence each. */
  readonly damage: readonly string[];
  /** Why nothing is concluded about it, one clause each; empty where it is comparable with the first. */
  /** What calibration came to; null where there was none. */
  readonly certificate: CertificateSummary['result'] | null;
  readonly notComparable: readonly string[];
}

/** A field in which the runs differ: of each run its value, or null where it has none. */
export interface FieldDifference {
  readonly field: string;
  readonly values: readonly (string | null)[];
}

/** An estimate with the ends of its interval. */
export interface Bounds {
  readonly estimate: number;
  readonly lower: number;
  readonly upper: number;
}

/** A variant in one metric: in a later run against the first run, whose trials are not paired with its. */
export interface RunComparison {
  /** Place of the later run in {@link RecordComparison.runs}. */
  readonly run: number;
  readonly variant: string;
  readonly metric: string;
  readonly unit: 'ns' | 'ms' | 'B' | '1/s';
  /** `value`: the metric itself; `added`: what the variant adds to its baseline, paired by block within each run. */
  readonly what: 'value' | 'added';
  /** Medians over the trials of each run; of `added` medians of the differences. */
  readonly from: number | null;
  readonly to: number | null;
  /** Trials of the first run, and of the later one. */
  readonly n: readonly [number, number];
  readonly ratio: Bounds | null;
  readonly difference: Bounds | null;
  /** Exact coverage of the intervals at these counts, for example 0.957. */
  readonly confidence: number | null;
  /** Smallest ratio − 1 that these trials could have told apart (80 % power). */
  readonly detectable: number | null;
  /** `cannot-tell` where the runs are not comparable, whatever the numbers are. */
  readonly conclusion: Conclusion;
  readonly reasons: Reasons;
}

/** What `compare` found: everything that its outputs draw. Additive within a schemaVersion. */
export interface RecordComparison {
  readonly schemaVersion: 1;
  readonly tolerance: number;
  /** The first is what the others are compared with. */
  readonly runs: readonly ComparedRun[];
  readonly plan: readonly FieldDifference[];
  readonly fingerprint: readonly FieldDifference[];
  /** Variants that not every run has, with the labels of those that do. */
  readonly unshared: readonly { readonly variant: string; readonly runs: readonly string[] }[];
  readonly comparisons: readonly RunComparison[];
  readonly doubts: readonly string[];
}
