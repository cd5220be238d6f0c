import { certificateResult } from '../gate/index.ts';
import type { RunRecord } from '../record/index.ts';
import {
  type CertificateSummary,
  COMPARED,
  type Comparable,
  isComparable,
  METRICS,
  type PlannedVariant,
  type Reading,
  type RunEnd,
  readTrial,
  sortBlocks,
} from '../summary/index.ts';
import { flatten } from './flatten.ts';

/** One value per whole block, in the order of the blocks; null where a trial cannot say. */
export type Samples = readonly (number | null)[];

/** A variant of a run in what it is compared in. */
export interface VariantDigest {
  readonly name: string;
  readonly baseline: string;
  readonly settings: ReadonlyMap<string, string>;
  readonly samples: ReadonlyMap<string, Samples>;
}

/** What is kept of a record, so that many can be compared without holding all of their histograms. */
export interface RunDigest {
  readonly label: string;
  readonly header: Omit<RunRecord['header'], 'plan'> & { readonly plan: { readonly hash: string } };
  readonly mode: 'full' | 'quick';
  readonly tolerance: number;
  readonly ended: RunEnd;
  readonly blocks: { readonly measured: number };
  readonly trials: { readonly measured: number; readonly vetoed: number };
  /** What calibration came to; null where there was none. */
  readonly certificate: CertificateSummary['result'] | null;
  readonly damage: readonly string[];
  readonly variants: readonly VariantDigest[];
}

/** The metrics that runs are compared in. */
export const COMPARED_METRICS: readonly Comparable[] = COMPARED.flatMap((name) => METRICS.get(name) ?? []).filter(
  isComparable,
);

/**
 * Reduces a record to what is compared.
 * @throws BenchError usage, `histogram`, where a histogram of the record is damaged, naming the trial.
 */
export function digestRecord(label: string, record: RunRecord): RunDigest {
  const { header, end, damage } = record;
  const { counts, trials, whole } = sortBlocks(record);
  return {
    label,
    header: { ...header, plan: { hash: header.plan.hash } },
    mode: header.plan.mode,
    tolerance: header.plan.tolerance,
    ended: end?.how ?? 'killed',
    blocks: { measured: counts.measured },
    trials,
    certificate: record.certificate === undefined ? null : certificateResult(record.certificate),
    damage,
    variants: header.plan.variants.map((variant) =>
      digestVariant(
        variant,
        (whole.get(variant.name) ?? []).map((trial) => readTrial(trial, variant)),
      ),
    ),
  };
}

function digestVariant(variant: PlannedVariant, readings: readonly Reading[]): VariantDigest {
  return {
    name: variant.name,
    baseline: variant.baseline,
    settings: flatten(variant.settings),
    samples: new Map(COMPARED_METRICS.map((metric) => [metric.name, readings.map(metric.of)])),
  };
}
