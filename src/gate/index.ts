export { conclude } from './conclude.ts';
export { exitKind, type Judgement, judge, type RunFacts } from './judge.ts';
export { holdAgainst } from './threshold.ts';
export { type HarnessSignals, VETO_LIMITS, vetoes } from './veto.ts';
