import type { ProofDocument } from './proof.ts';
import type { Tally } from './replay.ts';

/** What a gate has to keep to be believed: false alarms at most, and detection at least, by multiple of the tolerance. */
export const BARS = {
  alarms: 0.01,
  detection: new Map([
    [1.5, 0.9],
    [2, 0.99],
  ]),
} as const satisfies { readonly alarms: number; readonly detection: ReadonlyMap<number, number> };

/** Whether a share of replayed gates failed at least, or did not; of no gates it never holds. */
function holds({ gates, regression }: Tally, test: (share: number) => boolean): boolean {
  return gates > 0 && test(regression / gates);
}

/** How a proof ends: a missed bar is a `regression` of the gate itself, and what is not all recorded proves nothing. Pure. */
export function judgeProof({ aa, power, live, wanted }: ProofDocument): 'pass' | 'regression' | 'inconclusive' {
  const isWhole =
    aa.trials >= wanted.aaTrials && power.length > 0 && power.every(({ trials }) => trials >= wanted.trialsPerEffect);
  if (!isWhole) return 'inconclusive';
  const isQuiet = holds(aa.tally, (share) => share <= BARS.alarms);
  const sees = power.every(({ tally, bar }) => bar === null || holds(tally, (share) => share >= bar));
  const lives = live.every(({ injected, verdict }) => injected === (verdict === 'regression'));
  return isQuiet && sees && lives ? 'pass' : 'regression';
}
