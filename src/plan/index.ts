export type { Placement, Plan, RunMode, Variant } from './plan.ts';
