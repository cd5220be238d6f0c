export { answer } from './answer.ts';
export { sortBlocks } from './blocks.ts';
export { COMPARED, type Comparable, isComparable } from './compare.ts';
export type { ConfigurationSummary } from './control-plane.ts';
export type { CrowdSummary } from './crowd.ts';
export type { FirstRequests } from './first-requests.ts';
export { isAboutEvents } from './harm.ts';
export type { IstiodSummary } from './istiod.ts';
export { kneesOf, limitOf, nextRate, ownLateness } from './knee.ts';
export { cpuLimitOf } from './limits.ts';
export { METRICS, type Metric } from './metrics.ts';
export type { Phase } from './phases.ts';
export type { PushedDifference, PushesSummary } from './pushes.ts';
export { type PlannedVariant, type Reading, readTrial } from './reading.ts';
export { SERVICES_AXIS, servicesOf } from './services.ts';
export { summarize } from './summarize.ts';
export type {
  CertificateSummary,
  CheckResult,
  Comparison,
  Conclusion,
  Estimate,
  KneePoint,
  KneeRatio,
  KneeSummary,
  LagQuantiles,
  PacketRule,
  Quantiles,
  Reasons,
  RunEnd,
  SeriesPoint,
  Summary,
  ThresholdResult,
  TrialPoint,
  VariantSummary,
  Verdict,
  VetoedTrial,
} from './summary.ts';
export { mostVetoed } from './uneven.ts';
export { isMeasured } from './usage.ts';
