export { type BareLoad, bareLoad } from './bare-load.ts';
export { bareRecord } from './bare-record.ts';
export { availableCpus } from './cpus.ts';
export { type Fingerprint, takeFingerprint } from './fingerprint.ts';
export { programVersion } from './header.ts';
export type { Progress, Tell } from './progress.ts';
export { publish } from './publish.ts';
export { type RunOutcome, type RunRequest, run } from './run.ts';
export { type CheckedTarget, checkTarget } from './target.ts';
