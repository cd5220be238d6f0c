export {
  ARMS,
  type ArmName,
  type ArmRequest,
  armVariant,
  checkSameQuestion,
  isEnvoyVersion,
  questionHash,
  readArm,
} from './arms.ts';
export { createPlan, type Machine, planVariants, spareTrials } from './create.ts';
export { describePlan, measuredRequests, type PlanDescription, type VariantDescription } from './describe.ts';
export { canonicalJson } from './hash.ts';
export { offeredRate, scheduleOf } from './load-schedule.ts';
export { blockOrder, trialSeed } from './order.ts';
export type { Overrides } from './overrides.ts';
export { placeCpus } from './placement.ts';
export type { Placement, Plan, ReplayRequest, RunMode, Variant } from './plan.ts';
export { renderPlan } from './render.ts';
export { decideScheduling, type SchedulingPlan } from './scheduling.ts';
export { expandVariants } from './variants.ts';
export { withoutVariants } from './without.ts';
