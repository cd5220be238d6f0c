import { LATENCIES } from '../load/index.ts';
import type { Unit } from './figure.ts';
import { quantileOf } from './quantiles.ts';
import type { Reading } from './reading.ts';
import { cpuMsPer1k, isMeasured } from './usage.ts';

/** Something that every trial has one value of, and of which less is better unless it says otherwise. */
export interface Metric {
  readonly name: string;
  readonly unit: Unit;
  readonly moreIsBetter?: true;
  /** Null where the trial cannot say. */
  readonly of: (reading: Reading) => number | null;
}

const QUANTILES = ['p50', 'p90', 'p99', 'p999', 'max'] as const;

const QUANTILE_METRICS: readonly Metric[] = LATENCIES.flatMap((latency) =>
  QUANTILES.map((field): Metric => {
    return { name: `${latency}Ns.${field}`, unit: 'ns', of: (reading) => quantileOf(reading, latency, field) };
  }),
);

/** Whatever a threshold or a comparison can name. */
export const METRICS: ReadonlyMap<string, Metric> = new Map(
  [
    ...QUANTILE_METRICS,
    { name: 'cpuMsPer1k', unit: 'ms', of: (reading) => cpuMsPer1k(reading, isMeasured) } satisfies Metric,
    { name: 'rssBytes', unit: 'B', of: systemRss } satisfies Metric,
    { name: 'errors', unit: 'share', of: errorShare } satisfies Metric,
  ].map((metric) => [metric.name, metric]),
);

/** What a closed loop finds: the rate that saturates the system. */
export const ACHIEVED: Metric = {
  name: 'achievedRate',
  unit: '1/s',
  moreIsBetter: true,
  of: ({ achievedRate }) => achievedRate,
};

/** RSS of the system under test. Pages that its processes share count once in each. */
function systemRss({ trial }: Reading): number | null {
  const measured = Object.entries(trial.usage.components).filter(([name]) => isMeasured(name));
  return measured.length === 0 ? null : measured.reduce((sum, [, { rssBytes }]) => sum + rssBytes, 0);
}

function errorShare({ errors, requests }: Reading): number | null {
  return requests === 0 ? null : errors / requests;
}
