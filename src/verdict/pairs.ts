import type { RunRecord } from '../record/index.ts';
import { METRICS, type PlannedVariant, type Reading, readTrial, sortBlocks } from '../summary/index.ts';
import type { Pair, Pairs } from './decide.ts';

/** Reads a value of a trial. */
type Measure = (reading: Reading, variant: PlannedVariant) => number | null;

const SHORTFALL: Measure = ({ achievedRate }, { offeredRate }) =>
  achievedRate === null || offeredRate === null || !(offeredRate > 0)
    ? null
    : Math.max(0, 1 - achievedRate / offeredRate);

/** Metrics that are shown beside those that are gated. */
export const WATCHED = ['responseNs.p50', 'responseNs.p90', 'responseNs.p99', 'cpuMsPer1k', 'rssBytes'] as const;

/** What a gate can gate. */
export const GATEABLE: readonly string[] = [...METRICS.values()]
  .filter(({ unit }) => unit !== 'share')
  .map(({ name }) => name);

/** One of the two trials of a block, in all metrics. */
export type TrialValues = ReadonlyMap<string, number | null>;

/** The trials of whole, unvetoed blocks in the metrics of the given names, by variant, in the order of the blocks. */
export function valuesOf(
  record: Pick<RunRecord, 'header' | 'trials'>,
  names: readonly string[],
): ReadonlyMap<string, readonly TrialValues[]> {
  const { whole } = sortBlocks(record);
  return new Map(
    record.header.plan.variants.map((variant) => [
      variant.name,
      (whole.get(variant.name) ?? []).map((trial) => {
        const reading = readTrial(trial, variant);
        return new Map(names.map((name) => [name, measureOf(name)(reading, variant)]));
      }),
    ]),
  );
}

function measureOf(name: string): Measure {
  return name === 'shortfall' ? SHORTFALL : (reading) => METRICS.get(name)?.of(reading) ?? null;
}

/** Two lists of trials, paired by place. */
export function pairUp(
  baseline: readonly TrialValues[],
  candidate: readonly TrialValues[],
  names: readonly string[],
): Pairs {
  return new Map(
    names.map((name) => [
      name,
      candidate.map((trial, at): Pair => [baseline[at]?.get(name) ?? null, trial.get(name) ?? null]),
    ]),
  );
}
