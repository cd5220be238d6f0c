export { compareRuns } from './compare.ts';
export type { Bounds, ComparedRun, FieldDifference, RecordComparison, RunComparison } from './comparison.ts';
export { digestRecord, type RunDigest } from './digest.ts';
