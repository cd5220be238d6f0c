import { OUTCOMES } from '../load/index.ts';
import type { Trial } from '../record/index.ts';
import { median } from '../stats/index.ts';
import { FRACTIONS } from './quantiles.ts';
import { type Reading, readHistogram } from './reading.ts';
import type { SeriesPoint } from './summary.ts';

/** One second of one trial. */
interface Second {
  requests: number;
  errors: number;
  p50: number | null;
  p99: number | null;
  cpuCores: Record<string, number>;
}

/** What ended in each second, medians over trials. A trial in which nothing ended counts as none. */
export function seriesOver(readings: readonly Reading[]): readonly SeriesPoint[] {
  const trials = readings.map(({ trial }) => secondsOf(trial));
  const seconds = [...new Set(trials.flatMap((trial) => [...trial.keys()]))].sort((a, b) => a - b);
  return seconds.map((second) => {
    const points = trials.map((trial) => trial.get(second) ?? nothing());
    return {
      second,
      requests: median(points.map(({ requests }) => requests)) ?? 0,
      errors: median(points.map(({ errors }) => errors)) ?? 0,
      p50: median(points.flatMap(({ p50 }) => p50 ?? [])),
      p99: median(points.flatMap(({ p99 }) => p99 ?? [])),
      cpuCores: cores(points),
    };
  });
}

function nothing(): Second {
  return { requests: 0, errors: 0, p50: null, p99: null, cpuCores: {} };
}

function secondsOf(trial: Trial): ReadonlyMap<number, Second> {
  const seconds = new Map<number, Second>();
  for (const { second, histograms, outcomes } of trial.load.intervals) {
    const ended = OUTCOMES.reduce((sum, outcome) => sum + (outcomes[outcome] ?? 0), 0);
    const response = readHistogram(trial, 'response', histograms.response);
    seconds.set(second, {
      ...nothing(),
      requests: ended,
      errors: ended - (outcomes.ok ?? 0),
      p50: response.quantile(FRACTIONS.p50),
      p99: response.quantile(FRACTIONS.p99),
    });
  }
  for (const { atNs, spanNs, components } of trial.usage.series) {
    const second = Math.floor((atNs + spanNs / 2) / 1e9);
    const point = seconds.get(second) ?? nothing();
    seconds.set(second, point);
    for (const [name, { cpuNs }] of Object.entries(components)) point.cpuCores[name] = cpuNs / spanNs;
  }
  return seconds;
}

function cores(points: readonly Second[]): Record<string, number> {
  const names = [...new Set(points.flatMap(({ cpuCores }) => Object.keys(cpuCores)))].sort();
  const medians = names.map((name) => [name, median(points.flatMap(({ cpuCores }) => cpuCores[name] ?? [])) ?? 0]);
  return Object.fromEntries(medians);
}
