import type { ConfigurationSummary } from './control-plane.ts';
import type { FirstRequests } from './first-requests.ts';
import type { Phase } from './phases.ts';
import type { PushesSummary } from './pushes.ts';

/**
 * summary.json: everything that reports draw, computed from a record alone.
 * Additive within a schemaVersion. A number that cannot be had is null, and `reasons` of the same object says why,
 * by field name. Counts are sums over unvetoed trials, `max` the largest, all else the median over trials.
 */
export interface Summary {
  readonly schemaVersion: 1;
  readonly scenario: string;
  readonly question: string;
  readonly description: string | null;
  readonly runId: string;
  readonly runtime: string;
  readonly meshbench: string;
  readonly mode: 'full' | 'quick';
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** How the run ended; `killed` where the record has no closing line. */
  readonly ended: RunEnd;
  readonly verdict: Verdict;
  /** Why the verdict is what it is, one sentence each; for `none` why there is none. */
  readonly verdictReasons: readonly string[];
  readonly fingerprint: Readonly<Record<string, string | number | boolean | null>>;
  readonly planHash: string;
  readonly seed: number;
  readonly blocks: {
    readonly planned: number;
    /** Whole ones: an unvetoed trial of every variant. */
    readonly measured: number;
    readonly incomplete: number;
  };
  readonly trials: {
    /** All that were run, vetoed ones and those of incomplete blocks included. */
    readonly measured: number;
    readonly vetoed: number;
  };
  /** Null where the run was not calibrated: a quick one, or one that was begun at once. */
  readonly certificate: CertificateSummary | null;
  readonly vetoes: readonly VetoedTrial[];
  /** The limits that stood before the run, by signal. */
  readonly vetoLimits: Readonly<Record<string, number>>;
  readonly variants: readonly VariantSummary[];
  readonly comparisons: readonly Comparison[];
  readonly thresholds: readonly ThresholdResult[];
  /** Present where a knee was looked for: then rates differ from trial to trial, and variants have no figures of their own. */
  readonly knees?: readonly KneeSummary[];
  readonly kneeRatios?: readonly KneeRatio[];
  /** What might be wrong with these numbers, most important first. */
  readonly doubts: readonly string[];
  readonly notes: readonly string[];
}

/** What calibration found about the harness before the first trial. */
export interface CertificateSummary {
  readonly startedAt: string;
  readonly form: 'short' | 'long';
  readonly tookNs: number;
  /** True where the run was to be measured whatever this says. */
  readonly insisted: boolean;
  /** `failed` where a check failed, else `not-judged` where one could not be judged. */
  readonly result: CheckResult['result'];
  readonly checks: readonly CheckResult[];
}

export interface CheckResult {
  readonly check: string;
  readonly value: number | null;
  readonly limit: number;
  readonly unit: 'ns' | 'share' | 'ratio' | '1/s';
  readonly result: 'held' | 'failed' | 'not-judged';
  readonly attempts: number;
  readonly text: string;
}

export type Verdict = 'none' | 'pass' | 'regression' | 'inconclusive' | 'invalid';
export type RunEnd =
  | 'complete'
  | 'not-certified'
  | 'time-limit'
  | 'too-many-vetoes'
  | 'interrupted'
  | 'component-failed'
  | 'internal-error'
  | 'killed';
export type Conclusion = 'better' | 'worse' | 'equivalent' | 'cannot-tell';

export interface VetoedTrial {
  readonly block: number;
  readonly variant: string;
  readonly signal: string;
  readonly text: string;
}

/** Why fields of the same object are null, by field name. */
export type Reasons = Readonly<Record<string, string>>;

export interface Quantiles {
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p99: number | null;
  readonly p999: number | null;
  readonly max: number | null;
  readonly reasons: Reasons;
}

export interface LagQuantiles {
  readonly p50: number | null;
  readonly p99: number | null;
  readonly p999: number | null;
  readonly reasons: Reasons;
}

/** From the loss of a connection until it stood again, over all attempts, ns: of the trials in which that happened. */
export interface Reconnects {
  /** Summed over trials. */
  readonly count: number;
  /** Medians over trials. */
  readonly p50: number;
  readonly p99: number;
  /** The largest of all. */
  readonly max: number;
}

export interface VariantSummary {
  readonly name: string;
  readonly base: string;
  readonly axes: Readonly<Record<string, string>>;
  readonly baseline: string;
  /** One sentence: what a request passes on its way. */
  readonly path: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly missingSignals: readonly string[];
  /** Unvetoed trials of whole blocks. */
  readonly trials: number;
  readonly requests: number;
  readonly errors: number;
  readonly outcomes: Readonly<Record<string, number>>;
  /** Present where the load ran in a closed loop: it has no response times, and what it sent depends on the system. */
  readonly loop?: 'closed';
  /** Requests per second; null in a closed loop, which offers no rate. */
  readonly offeredRate: number | null;
  /** Complete answers per second at the pace of the measurement: what an overloaded system answers afterwards is not in it. */
  readonly achievedRate: number | null;
  /**
   * True where in more than half of the trials the system dealt with less than 99 % of what it was offered at the pace
   * of the measurement, or requests stayed unsent. Answers and refusals are dealing with, time-outs are not.
   */
  readonly overloaded: boolean;
  readonly responseNs: Quantiles;
  readonly serviceNs: Quantiles;
  readonly queueWaitNs: Quantiles;
  readonly releaseLagNs: LagQuantiles;
  readonly cpu: {
    readonly components: Readonly<
      Record<
        string,
        {
          readonly coreSeconds: number;
          readonly cpuMsPer1k: number | null;
          /** Null where it was not told in a trial. */
          readonly runDelaySeconds: number | null;
          /** Absent where it was read in /proc; `docker`: of the whole container, by Docker's API. */
          readonly source?: 'docker';
          /** Only of a component whose processor time was limited. */
          readonly throttled?: Throttled;
        }
      >
    >;
    readonly machine: {
      readonly busyCores: number | null;
      readonly stealPercent: number | null;
      readonly unattributedCores: number | null;
    };
    readonly reasons: Reasons;
  };
  readonly memory: {
    readonly components: Readonly<
      Record<string, { readonly rssBytes: number; readonly pssBytes: number | null; readonly peakBytes: number | null }>
    >;
  };
  /** By host: its packet rules as iptables-save prints them, with the median over trials of what matched; empty without. */
  readonly packets: Readonly<Record<string, readonly PacketRule[]>>;
  /** Longest time until ready of its components. */
  readonly readyNs: number | null;
  /** Absent where no control plane configured sidecars. */
  readonly configuration?: ConfigurationSummary;
  /** What the control plane told its sidecars during the measurement; absent where it told nothing. */
  readonly pushes?: PushesSummary;
  /** Around the events; absent without events. */
  readonly phases?: readonly Phase[];
  /** What first requests cost; absent where no control plane configured sidecars. */
  readonly firstRequests?: readonly FirstRequests[];
  readonly events: readonly {
    readonly action: string;
    readonly target: string;
    readonly intendedNs: number;
    readonly actualNs: number;
    readonly trial: number;
  }[];
  /** Connections that were lost and replaced; absent where none was. */
  readonly reconnects?: Reconnects;
  /** By application version tag. */
  readonly versions: Readonly<Record<string, number>>;
  readonly reasons: Reasons;
  /** One entry per unvetoed trial: the dots of the report. */
  readonly perTrial: readonly TrialPoint[];
  /** Response time in ns over the fraction of requests, medians over trials: for the percentile spectrum. */
  readonly spectrum: readonly { readonly fraction: number; readonly ns: number }[];
  /** One-second series, medians over trials. */
  readonly series: readonly SeriesPoint[];
}

/** How a limit on processor time was felt during the measurement. */
export interface Throttled {
  /** Time in which the component was held back, summed over processors. */
  readonly seconds: number;
  /** Share of the limit's periods of 100 ms, among those in which it ran, in which the limit was used up. */
  readonly periodsPercent: number;
}

/** A packet rule and what matched it in a trial. */
export interface PacketRule {
  readonly table: string;
  readonly rule: string;
  readonly packets: number;
  readonly bytes: number;
}

export interface TrialPoint {
  readonly block: number;
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p99: number | null;
  /** Processor time of the system under test (all but load and harness) per 1,000 requests, ms. */
  readonly cpuMsPer1k: number | null;
  readonly releaseLagP99: number | null;
}

export interface SeriesPoint {
  readonly second: number;
  readonly requests: number;
  readonly errors: number;
  readonly p50: number | null;
  readonly p99: number | null;
  readonly cpuCores: Readonly<Record<string, number>>;
}

export interface Estimate {
  readonly estimate: number;
  readonly lower: number;
  readonly upper: number;
}

/** One variant against its baseline in one metric, paired by block. */
export interface Comparison {
  readonly baseline: string;
  readonly candidate: string;
  /** `responseNs.p50`, `responseNs.p90`, `responseNs.p99`, `cpuMsPer1k`, `rssBytes`, … */
  readonly metric: string;
  readonly unit: 'ns' | 'ms' | 'B' | '1/s';
  readonly ratio: Estimate | null;
  readonly difference: Estimate | null;
  /** Pairs. */
  readonly n: number;
  /** Nominal coverage of the intervals, the exact one at this n, for example 0.969 at 6. */
  readonly confidence: number | null;
  /** Smallest ratio − 1 that this run could have seen (80 % power), null under two pairs. */
  readonly detectable: number | null;
  readonly conclusion: Conclusion;
  readonly reasons: Reasons;
}

/** The highest rate at which a variant holds an SLO. Rates in 1/s. */
export interface KneeSummary {
  readonly variant: string;
  readonly slo: string;
  /** Where it was looked for: less than was asked for where our own loop could not offer more. */
  readonly range: { readonly from: number; readonly to: number };
  /** With its 95 % credible interval; null with the reason. */
  readonly rate: Estimate | null;
  /** `above` and `below` where it may lie beyond the range. */
  readonly place: 'within' | 'above' | 'below' | null;
  /** False where the trials were spent before the interval was as narrow as it should be. */
  readonly known: boolean;
  readonly points: readonly KneePoint[];
  readonly reason: string;
}

/** One unvetoed trial of a search. */
export interface KneePoint {
  readonly block: number;
  readonly rate: number;
  /** Whether all of the SLO held, and what was offered was dealt with. */
  readonly held: boolean;
  readonly overloaded: boolean;
  readonly achievedRate: number | null;
  /** The first quantile that the SLO names (p99 where it names none), of all requests: null where it is one that failed. */
  readonly latencyNs: number | null;
  readonly p50: number | null;
  readonly errors: number;
  readonly requests: number;
  /** Of the system under test, ms. */
  readonly cpuMsPer1k: number | null;
  readonly releaseLagP99: number | null;
}

/** How many times the knee of its baseline a variant's is, with its 95 % credible interval. */
export interface KneeRatio {
  readonly baseline: string;
  readonly candidate: string;
  readonly ratio: Estimate;
}

export interface ThresholdResult {
  readonly variant: string;
  readonly metric: string;
  readonly below: number;
  readonly unit: string;
  /** Hodges–Lehmann estimate over trials with its exact interval; null with the reason. */
  readonly value: Estimate | null;
  readonly result: 'held' | 'broken' | 'cannot-tell';
  readonly reason: string;
}
