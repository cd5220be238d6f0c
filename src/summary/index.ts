export { answer } from './answer.ts';
export { cpuLimitOf } from './limits.ts';
export { summarize } from './summarize.ts';
export type {
  Comparison,
  Conclusion,
  Estimate,
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
export { isMeasured } from './usage.ts';
