export {
  type Attempt,
  CHECK_LIMITS,
  type Check,
  type CheckName,
  certificateResult,
  judgeCheck,
} from './certificate.ts';
export { conclude } from './conclude.ts';
export { exitKind, type Judgement, judge, MAX_VETOED_SHARE, type RunFacts } from './judge.ts';
export { holdAgainst } from './threshold.ts';
export { type HarnessSignals, VETO_LIMITS, vetoes } from './veto.ts';
