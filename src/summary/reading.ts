import { LATENCIES, type Latency, type Outcome, type OutcomeCounts } from '../load/index.ts';
import { Distribution } from '../metrics/index.ts';
import type { Header, Trial } from '../record/index.ts';
import { BenchError } from '../units/index.ts';

/** A variant as the record's header planned it. */
export type PlannedVariant = Header['plan']['variants'][number];

/** One trial with its histograms read, and what follows from it alone. */
export interface Reading {
  readonly trial: Trial;
  readonly latencies: Readonly<Record<Latency, Distribution>>;
  /** Requests that were intended within the measurement. */
  readonly requests: number;
  /** Those of them that did not succeed, whatever became of them. */
  readonly errors: number;
  /** Complete answers that belong to the measured window, see {@link atPace}; null without intervals. */
  readonly answered: number | null;
  /** {@link answered} per second of the measurement. */
  readonly achievedRate: number | null;
  readonly overloaded: boolean;
}

/** A system that deals with less than this share of what it is offered is overloaded. */
const KEPT_UP = 0.99;

/** Reads one trial. @throws BenchError usage, `histogram`, where a histogram is damaged, naming the trial. */
export function readTrial(trial: Trial, variant: PlannedVariant): Reading {
  const { load } = trial;
  const { durationNs } = variant;
  const latencies = readLatencies(trial);
  const meanService = latencies.service.mean ?? 0;
  const known = load.intervals.length > 0 || load.planned === 0;
  const answered = known ? atPace(load, durationNs, meanService, ANSWERED) : null;
  const keptUp = !known || atPace(load, durationNs, meanService, DEALT_WITH) >= KEPT_UP * load.planned;
  return {
    trial,
    latencies,
    requests: load.planned,
    errors: load.planned - (load.outcomes.ok ?? 0),
    answered,
    achievedRate: answered === null ? null : answered / (durationNs / 1e9),
    overloaded: !keptUp || (load.outcomes.unsent ?? 0) > 0,
  };
}

function readLatencies(trial: Trial): Reading['latencies'] {
  const read = (latency: Latency) => readHistogram(trial, latency, trial.load.histograms[latency]);
  const [response, service, queueWait, releaseLag] = LATENCIES.map(read);
  if (response === undefined || service === undefined || queueWait === undefined || releaseLag === undefined) {
    throw new RangeError('a trial has four latencies');
  }
  return { response, service, queueWait, releaseLag };
}

/** A histogram of a trial; `what` names it in an error. @throws as {@link readTrial}. */
export function readHistogram(trial: Trial, what: Latency | 'reconnects', text: string): Distribution {
  try {
    return Distribution.decode(text);
  } catch (cause) {
    if (!(cause instanceof BenchError)) throw cause;
    const where = `Trial ${trial.index} (block ${trial.block}, ${what})`;
    throw new BenchError('usage', cause.code, `${where}: ${cause.message}`, {
      cause,
      ...(cause.hint === undefined ? {} : { hint: cause.hint }),
    });
  }
}

/** What the system did with a request by itself; a time-out and a request that never left are what it did not do. */
const DEALT_WITH = ['ok', 'status', 'exception', 'applicationException', 'protocol', 'connection'] as const;
/** A complete answer. */
const ANSWERED = ['ok', 'status', 'exception', 'applicationException'] as const;

/**
 * Requests that ended in one of these ways at the pace of the measured window.
 *
 * Not all of them: with an overloaded system they end late, after the window, while it works off its backlog. And not
 * only those that ended within the window: a system that keeps up but needs a second per answer has as many under way
 * when the window ends. Little's law says how many that are: intended requests per second × mean service time. Waiting
 * for a free connection is not part of the service time, so a backlog in front of the connections is never excused; of
 * one behind them, inside the system, up to a half is. Seconds are whole: of the last one, in which the window ends, the
 * share is taken that the window has of the time until the last answer.
 */
function atPace(load: Trial['load'], durationNs: number, meanServiceNs: number, how: readonly Outcome[]): number {
  const seconds = Math.ceil(durationNs / 1e9);
  const within = load.intervals.filter(({ second }) => second < seconds);
  const inWindow = within.reduce((sum, { outcomes }) => sum + countOf(outcomes, how), 0);
  const share = Math.min(1, durationNs / Math.min(load.lastDone, seconds * 1e9));
  const underWay = load.planned * (meanServiceNs / durationNs);
  return Math.min(share * inWindow + underWay, countOf(load.outcomes, how));
}

function countOf(outcomes: OutcomeCounts, how: readonly Outcome[]): number {
  return how.reduce((sum, outcome) => sum + (outcomes[outcome] ?? 0), 0);
}
