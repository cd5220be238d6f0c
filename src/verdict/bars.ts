import type { PowerRow, ProofDocument } from './proof.ts';
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

/** By so much of what it was aimed at, a busy-wait may do more or less and still stand for it. */
const NEAR = 0.1;

/** How a row stands to its bar; `unproven` where its busy-wait did something else to the metric than what it was aimed at. */
export type BarResult = 'kept' | 'missed' | 'unproven';

/**
 * Holds detection against its bar. What a gate finds of a larger effect does not say that it finds the one of the bar, and
 * what it does not find of a smaller one does not say that it misses that: by the interval of the effect as it was measured.
 * Null where the row has no bar. Pure.
 */
export function holdBar({ bar, tally, effect, multiple, aimedAt }: Omit<PowerRow, 'result'>): BarResult | null {
  if (bar === null) return null;
  if (effect === null || multiple === null || tally.gates === 0) return 'unproven';
  const tolerance = (effect.estimate - 1) / multiple;
  const least = (effect.lower - 1) / tolerance;
  const most = (effect.upper - 1) / tolerance;
  if (holds(tally, (share) => share >= bar)) return least <= aimedAt.multiple * (1 + NEAR) ? 'kept' : 'unproven';
  return most >= aimedAt.multiple * (1 - NEAR) ? 'missed' : 'unproven';
}

/** How a proof ends: a missed bar is a `regression` of the gate itself, and what is not all recorded proves nothing. Pure. */
export function judgeProof({ aa, power, live, wanted }: ProofDocument): 'pass' | 'regression' | 'inconclusive' {
  const isWhole =
    aa.trials >= wanted.aaTrials && power.length > 0 && power.every(({ trials }) => trials >= wanted.trialsPerEffect);
  if (!isWhole) return 'inconclusive';
  const bars = power.map(({ result }) => result);
  const errs = live.some(({ injected, verdict }) => injected !== (verdict === 'regression'));
  if (!holds(aa.tally, (share) => share <= BARS.alarms) || bars.includes('missed') || errs) return 'regression';
  return bars.includes('unproven') || live.length < 2 * wanted.live ? 'inconclusive' : 'pass';
}
