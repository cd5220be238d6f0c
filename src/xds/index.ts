export { CLIENT_DIALECTS, type ClientDialect } from './client-dialect.ts';
export type { FieldDifference, ResourceDifference, StateDifference } from './compare.ts';
export type { DialectName } from './dialect.ts';
export type { RolloutUnit } from './groups.ts';
export type { Node } from './node.ts';
export type { Proposal, Pushed, Rollout, RolloutPlan } from './rollout.ts';
export { ControlPlane, type ControlPlaneSpec, type Prepared } from './server.ts';
export type { Manner, Refusal, Traffic } from './session.ts';
export { KINDS, type Kind, TYPE_URLS } from './types.ts';
