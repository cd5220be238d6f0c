export { BARS, type BarResult, holdBar, judgeProof } from './bars.ts';
export { type Decision, decide, type Finding, holm, type Pair, type Pairs } from './decide.ts';
export type { ArmDescription, ArmName, GateDocument } from './document.ts';
export { type History, type HistoryEntry, historyEntry, readHistory, type Trend, trendsOf } from './history.ts';
export { GATEABLE, pairUp, type TrialValues, valuesOf, WATCHED } from './pairs.ts';
export { checkMetric, type GatedMetric, GUARD_NS, LOOKS, type Look, makePolicy, type Policy } from './policy.ts';
export {
  type LiveGate,
  MULTIPLES,
  type PowerRow,
  type ProofDocument,
  type ProofRecord,
  type ProofRecords,
  proveByReplay,
  TAIL,
  timePerRequest,
} from './proof.ts';
export { LARGEST_PROOF, readProof, type StoredProof } from './proof-file.ts';
export {
  GUESS,
  ofKind,
  pool,
  type Recording,
  type RecordingKind,
  recordingKind,
  strangeField,
  wholeBlocks,
} from './recordings.ts';
export { type RecordedBlock, replayGate, replayGates, type Tally } from './replay.ts';
export { confirming, isDecided, readStage, type Stage } from './stage.ts';
export { type GateFailure, type GateJudgement, type GateVerdict, isSound, judgeGate, vetoedArm } from './verdict.ts';
