import { median } from '../stats/index.ts';
import { type Reading, readHistogram } from './reading.ts';
import type { Reconnects } from './summary.ts';

/** How often connections were lost and replaced, and how long that took; undefined where none was, or nobody counted. */
export function reconnectsOver(readings: readonly Reading[]): Reconnects | undefined {
  const trials = readings
    .flatMap(({ trial }) => {
      const { reconnects } = trial.load;
      return reconnects === undefined ? [] : [readHistogram(trial, 'reconnects', reconnects)];
    })
    .filter(({ count }) => count > 0);
  if (trials.length === 0) return undefined;
  const quantile = (fraction: number): number => median(trials.map((trial) => trial.quantile(fraction) ?? 0)) ?? 0;
  return {
    count: trials.reduce((sum, { count }) => sum + count, 0),
    p50: quantile(0.5),
    p99: quantile(0.99),
    max: Math.max(...trials.map(({ max }) => max ?? 0)),
  };
}
