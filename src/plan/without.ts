import { nanos } from '../units/index.ts';
import { spareTrials } from './create.ts';
import { trialTime } from './estimate.ts';
import { hashPlan } from './hash.ts';
import type { Plan } from './plan.ts';
import { samePoint } from './variants.ts';

/** The plan less variants that cannot be measured here: the first that is left at a point of the matrix is the baseline there. */
export function withoutVariants(plan: Plan, dropped: ReadonlySet<string>): Plan {
  if (dropped.size === 0) return plan;
  const { scenario, blocks, agents, replay } = plan;
  const left = plan.variants.filter(({ name }) => !dropped.has(name));
  const variants = left.map((variant) => {
    const baseline = left.find((other) => samePoint(other, variant)) ?? variant;
    return { ...variant, baseline: baseline.name };
  });
  const block = variants.reduce((total, { settings }) => total + trialTime(settings, scenario.workloads), 0);
  return {
    ...plan,
    variants,
    spareTrials: spareTrials(blocks, variants.length),
    estimate: nanos(blocks * block),
    hash: hashPlan(scenario, variants, agents, replay),
  };
}
