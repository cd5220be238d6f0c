import { conclude } from '../gate/index.ts';
import {
  detectableRatio,
  type Interval,
  logRatios,
  MAX_VALUES,
  MIN_VALUES,
  pairedDifference,
  pairedRatio,
} from '../stats/index.ts';
import { ACHIEVED, METRICS, type Metric } from './metrics.ts';
import type { PlannedVariant, Reading } from './reading.ts';
import type { Comparison, Estimate } from './summary.ts';

/** What every variant is compared in. Few, since every further one is a further chance to be wrong. */
export const COMPARED: readonly string[] = [
  'responseNs.p50',
  'responseNs.p90',
  'responseNs.p99',
  'responseNs.p999',
  'serviceNs.p50',
  'cpuMsPer1k',
  'rssBytes',
];

/** What is compared where one of the two ran in a closed loop: it has no response times. */
const COMPARED_CLOSED: readonly string[] = ['cpuMsPer1k', 'rssBytes'];

/** Left out where it is missing, since a p99.9 is wanted only where there is one. */
const OPTIONAL = 'responseNs.p999';

/** The readings of whole blocks by variant, in the order of the blocks. */
export type Readings = ReadonlyMap<string, readonly Reading[]>;

/** Every variant against its baseline, metric by metric, paired by block. */
export function compareAll(variants: readonly PlannedVariant[], readings: Readings, tolerance: number): Comparison[] {
  const named = (names: readonly string[]) => names.flatMap((name) => METRICS.get(name) ?? []).filter(isComparable);
  const [open, closed] = [named(COMPARED), [ACHIEVED, ...named(COMPARED_CLOSED)].filter(isComparable)];
  const isClosed = (name: string): boolean => variants.find((one) => one.name === name)?.offeredRate === null;
  return variants
    .filter(({ name, baseline }) => name !== baseline)
    .flatMap((variant) => {
      const [own, base] = [isClosed(variant.name), isClosed(variant.baseline)];
      // Of an open and a closed loop only what a request costs compares.
      const metrics = own || base ? closed.filter((metric) => metric !== ACHIEVED || own === base) : open;
      return metrics.flatMap((metric) => compare(variant, metric, readings, tolerance));
    });
}

export type Comparable = Metric & { readonly unit: Exclude<Metric['unit'], 'share'> };

/** Shares are not: those of most runs are all zero. */
export function isComparable(metric: Metric): metric is Comparable {
  return metric.unit !== 'share';
}

function compare(
  { name, baseline }: PlannedVariant,
  metric: Comparable,
  readings: Readings,
  tolerance: number,
): readonly Comparison[] {
  const pairs = pairsOf(readings.get(baseline) ?? [], readings.get(name) ?? [], metric);
  if (metric.name === OPTIONAL && (pairs.missing > 0 || pairs.from.length === 0)) return [];
  const statistics = estimate(pairs, metric.name);
  return [
    {
      baseline,
      candidate: name,
      metric: metric.name,
      unit: metric.unit,
      ...statistics,
      n: pairs.from.length,
      conclusion: conclude(lessIsBetter(statistics.ratio, metric), tolerance),
    },
  ];
}

/** A ratio above 1 is worse; of what is better the more there is, it is turned over. */
function lessIsBetter(ratio: Estimate | null, { moreIsBetter }: Metric): Estimate | null {
  if (ratio === null || moreIsBetter === undefined) return ratio;
  const { estimate: middle, lower, upper } = ratio;
  return { estimate: 1 / middle, lower: 1 / upper, upper: 1 / lower };
}

/** The two values of every block, where both are there. */
interface Pairs {
  readonly from: readonly number[];
  readonly to: readonly number[];
  /** Blocks in which one of them is not. */
  readonly missing: number;
}

function pairsOf(baseline: readonly Reading[], candidate: readonly Reading[], metric: Metric): Pairs {
  const from: number[] = [];
  const to: number[] = [];
  for (const [at, reading] of candidate.entries()) {
    const before = baseline[at];
    const a = before === undefined ? null : metric.of(before);
    const b = metric.of(reading);
    if (a === null || b === null) continue;
    from.push(a);
    to.push(b);
  }
  return { from, to, missing: candidate.length - from.length };
}

type Statistics = Pick<Comparison, 'ratio' | 'difference' | 'confidence' | 'detectable' | 'reasons'>;

function estimate({ from, to, missing }: Pairs, metric: string): Statistics {
  const reason = whyNoInterval(from.length, missing, metric);
  const logs = [...from, ...to].every((value) => value > 0) ? logRatios(from, to) : undefined;
  const detectable = logs === undefined ? null : detectableRatio(logs);
  const noRatio = reason ?? (logs === undefined ? `a ratio needs values of ${metric} above 0` : undefined);
  const difference = reason === undefined ? pairedDifference(from, to) : null;
  return {
    ratio: noRatio === undefined ? plain(pairedRatio(from, to)) : null,
    difference: plain(difference),
    confidence: difference?.confidence ?? null,
    detectable,
    reasons: {
      ...(noRatio === undefined ? {} : { ratio: noRatio }),
      ...(reason === undefined ? {} : { difference: reason, confidence: reason }),
      ...(detectable === null ? { detectable: logs === undefined ? (noRatio ?? '') : 'needs two blocks' } : {}),
    },
  };
}

function whyNoInterval(pairs: number, missing: number, metric: string): string | undefined {
  if (missing > 0) return `${metric} is missing in ${missing} of ${pairs + missing} blocks, and not by chance`;
  if (pairs < MIN_VALUES) return `an interval needs ${MIN_VALUES} whole blocks, there are ${pairs}`;
  if (pairs > MAX_VALUES) return `intervals of more than ${MAX_VALUES} blocks are not computed`;
  return undefined;
}

function plain(interval: Interval | null): Estimate | null {
  if (interval === null) return null;
  const { estimate: middle, lower, upper } = interval;
  return { estimate: middle, lower, upper };
}
