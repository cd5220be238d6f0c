import { type Distribution, nearestRank } from '../metrics/index.ts';
import { median } from '../stats/index.ts';
import { FRACTIONS } from './quantiles.ts';
import { type Reading, readHistogram } from './reading.ts';

/** The seconds of the measurement before, during and after what was done in it; medians over trials. */
export interface Phase {
  readonly phase: 'before' | 'during' | 'after';
  /** Whole seconds. */
  readonly seconds: number;
  /** Requests that ended in them, and those of them that did not succeed: summed over trials. */
  readonly requests: number;
  readonly errors: number;
  readonly p50: number | null;
  readonly p99: number | null;
}

const PHASES = ['before', 'during', 'after'] as const;

/** By the whole seconds that the first and the last event lie in; empty without events. */
export function phasesOver(readings: readonly Reading[]): readonly Phase[] {
  const trials = readings.filter(({ trial }) => trial.timeline.events.length > 0);
  if (trials.length === 0) return [];
  return PHASES.map((phase) => {
    const all = trials.map((reading) => secondsOf(reading, phase));
    return {
      phase,
      seconds: median(all.map(({ length }) => length)) ?? 0,
      requests: sum(all.flat(), ({ ended }) => ended),
      errors: sum(all.flat(), ({ ended, ok }) => ended - ok),
      p50: median(all.flatMap((seconds) => pooled(seconds, FRACTIONS.p50))),
      p99: median(all.flatMap((seconds) => pooled(seconds, FRACTIONS.p99))),
    };
  });
}

interface Second {
  readonly ended: number;
  readonly ok: number;
  readonly response: Distribution;
}

function secondsOf({ trial }: Reading, phase: Phase['phase']): readonly Second[] {
  const instants = trial.timeline.events.map(({ actual }) => actual / 1e9);
  const [from, until] = [Math.floor(Math.min(...instants)), Math.floor(Math.max(...instants))];
  return trial.load.intervals
    .filter(({ second }) => phase === (second < from ? 'before' : second > until ? 'after' : 'during'))
    .map(({ histograms, outcomes }) => ({
      ended: Object.values(outcomes).reduce((total, count) => total + count, 0),
      ok: outcomes.ok ?? 0,
      response: readHistogram(trial, 'response', histograms.response),
    }));
}

/** A quantile over several seconds together: percentiles are never averaged. Nothing where nothing succeeded. */
function pooled(seconds: readonly Second[], fraction: number): readonly number[] {
  const buckets = seconds.flatMap(({ response }) => [...response.buckets()]).sort((a, b) => a.value - b.value);
  const total = sum(buckets, ({ count }) => count);
  if (total === 0) return [];
  const rank = nearestRank(fraction, total);
  let below = 0;
  for (const { value, count } of buckets) {
    below += count;
    if (below >= rank) return [value];
  }
  return [];
}

function sum<T>(all: readonly T[], of: (one: T) => number): number {
  return all.reduce((total, one) => total + of(one), 0);
}
