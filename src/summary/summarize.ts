import { certificateResult, judge } from '../gate/index.ts';
import type { RunRecord } from '../record/index.ts';
import { sortBlocks } from './blocks.ts';
import { compareAll } from './compare.ts';
import { doubtsAbout } from './doubts.ts';
import { kneesOf } from './knee.ts';
import { readTrial } from './reading.ts';
import type { Summary } from './summary.ts';
import { holdAll } from './thresholds.ts';
import { summarizeVariant } from './variant.ts';

/**
 * Everything that reports draw, from a record alone: the same record gives the same summary.
 * @throws BenchError usage, `histogram`, where a histogram of the record is damaged, naming the trial.
 */
export function summarize(record: RunRecord): Summary {
  const { header, end, damage } = record;
  const certificate = certificateOf(record);
  const { plan, scenario } = header;
  const { counts, trials, whole, vetoes, spoiled } = sortBlocks(record);
  const readings = new Map(
    plan.variants.map((variant) => {
      const trials = whole.get(variant.name) ?? [];
      return [variant.name, trials.map((trial) => readTrial(trial, variant))] as const;
    }),
  );
  const variants = plan.variants.map((variant) =>
    summarizeVariant(variant, readings.get(variant.name) ?? [], header.fingerprint),
  );
  const comparisons = plan.knee === undefined ? compareAll(plan.variants, readings, plan.tolerance) : [];
  const thresholds = holdAll(header, readings);
  const search = kneesOf(record);
  const ended = end?.how ?? 'killed';
  const { verdict, reasons } = judge({ mode: plan.mode, ended, blocks: counts, trials, thresholds, certificate });
  const found = { mode: plan.mode, ended, blocks: counts, trials, certificate, variants, comparisons } as const;
  return {
    schemaVersion: 1,
    scenario: scenario.name,
    question: scenario.question,
    description: scenario.description,
    runId: header.runId,
    runtime: header.runtime,
    meshbench: header.meshbench,
    startedAt: header.startedAt,
    endedAt: end?.endedAt ?? null,
    verdict,
    verdictReasons: reasons,
    fingerprint: header.fingerprint,
    planHash: plan.hash,
    seed: plan.seed,
    vetoes,
    vetoLimits: plan.vetoLimits,
    ...found,
    thresholds,
    ...(search === undefined ? {} : { knees: search.knees, kneeRatios: search.ratios }),
    doubts: doubtsAbout({
      header,
      damage,
      endReason: end?.reason ?? '',
      spoiled,
      summary: { ...found, ...(search === undefined ? {} : { knees: search.knees }) },
    }),
    notes: header.notes,
  };
}

function certificateOf({ certificate }: RunRecord): Summary['certificate'] {
  if (certificate === undefined) return null;
  const { startedAt, form, tookNs, insisted, checks } = certificate;
  return { startedAt, form, tookNs, insisted, result: certificateResult(certificate), checks };
}
