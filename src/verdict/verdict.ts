import { MAX_VETOED_SHARE } from '../gate/index.ts';
import { mostVetoed } from '../summary/index.ts';
import type { ArmName } from './document.ts';
import type { Stage } from './stage.ts';

/** How a gate ends. `failed` is an arm that did not start or died; it has the exit code of a failed component. */
export type GateVerdict = 'pass' | 'regression' | 'inconclusive' | 'invalid' | 'failed' | 'interrupted';

/** A verdict with its reasons, one sentence each. */
export interface GateJudgement {
  readonly verdict: GateVerdict;
  readonly reasons: readonly string[];
}

/** What ended a stage early, and which arm it was, where that is known. */
export interface GateFailure {
  readonly arm: ArmName | undefined;
  readonly message: string;
}

/**
 * The verdict over both stages: only what was found twice is a regression, what is missing never passes, and a stage that was
 * disturbed says nothing. Pure.
 * @param failure of the last stage.
 */
export function judgeGate(first: Stage, confirm: Stage | undefined, failure: GateFailure | undefined): GateJudgement {
  const broken =
    confirm === undefined ? endedBadly(first, failure) : (endedBadly(first, undefined) ?? endedBadly(confirm, failure));
  if (broken !== undefined) return broken;
  if (first.decision === undefined) return tooFew(first);
  const { state, findings } = first.decision;
  if (state === 'open') {
    const open = findings.filter((finding) => finding.state === 'open');
    return { verdict: 'inconclusive', reasons: open.map(({ metric, why }) => `${metric}: ${why}.`) };
  }
  const stages = confirm === undefined ? [first] : [first, confirm];
  // The arm that vetoes hit looks better than it is.
  const flattered = vetoedArm(stages);
  if (state === 'pass') {
    if (flattered === 'candidate') return notByChance(flattered);
    const better = findings.filter(({ improved }) => improved);
    return { verdict: 'pass', reasons: better.map(({ metric }) => `${metric} is certainly better.`) };
  }
  const judged = judgeWorse(first, confirm);
  return judged.verdict === 'regression' && flattered === 'baseline' ? notByChance(flattered) : judged;
}

function judgeWorse({ decision }: Stage, confirm: Stage | undefined): GateJudgement {
  const worse = regressionsOf(decision).join(', ');
  if (confirm === undefined)
    return { verdict: 'inconclusive', reasons: [`${worse}: worse once, and not measured again.`] };
  const again = regressionsOf(confirm.decision);
  if (again.length === 0)
    return { verdict: 'inconclusive', reasons: [`${worse}: worse once, and not in the confirming run.`] };
  return {
    verdict: 'regression',
    reasons: again.map((metric) => `${metric} is worse than the tolerance, in two runs.`),
  };
}

function regressionsOf(decision: Stage['decision']): readonly string[] {
  return (decision?.findings ?? []).filter(({ state }) => state === 'regression').map(({ metric }) => metric);
}

/** The arm that vetoes hit more often than chance lets them, over all stages. */
export function vetoedArm(stages: readonly Stage[]): ArmName | undefined {
  const sum = (of: (stage: Stage) => number): number => stages.reduce((total, stage) => total + of(stage), 0);
  const spoiled = {
    baseline: sum((stage) => stage.spoiled.baseline),
    candidate: sum((stage) => stage.spoiled.candidate),
  };
  const began = sum(({ blocks }) => blocks.measured);
  const most = mostVetoed(new Map(Object.entries(spoiled).map(([arm, hits]) => [arm, Math.min(hits, began)])), began);
  return most === 'baseline' || most === 'candidate' ? most : undefined;
}

function notByChance(arm: ArmName): GateJudgement {
  const why = `Vetoes hit the ${arm} more often than chance lets them: its trials that are left flatter it.`;
  return { verdict: 'inconclusive', reasons: [why] };
}

function endedBadly(stage: Stage, failure: GateFailure | undefined): GateJudgement | undefined {
  const { blocks, trials } = stage;
  switch (stage.ended) {
    case 'component-failed':
    case 'internal-error': {
      const who = failure?.arm === undefined ? 'A component' : `The ${failure.arm}`;
      return { verdict: 'failed', reasons: [`${who} failed: ${failure?.message ?? stage.endReason}`] };
    }
    case 'interrupted':
    case 'killed':
      return { verdict: 'interrupted', reasons: [`It ended after ${blocks.measured} blocks; nothing is concluded.`] };
    case 'not-certified':
      return { verdict: 'invalid', reasons: [stage.endReason] };
    default:
  }
  if (stage.ended === 'too-many-vetoes' || trials.vetoed > MAX_VETOED_SHARE * trials.measured) {
    return {
      verdict: 'invalid',
      reasons: [`${trials.vetoed} of ${trials.measured} trials were vetoed: the machine was too disturbed to measure.`],
    };
  }
  return undefined;
}

/** Whether a stage can be built upon: what it found worse may be measured again. */
export function isSound(stage: Stage): boolean {
  return endedBadly(stage, undefined) === undefined;
}

function tooFew({ blocks }: Stage): GateJudgement {
  return {
    verdict: 'inconclusive',
    reasons: [`Not enough data: ${blocks.measured} whole blocks, fewer than the first look needs.`],
  };
}
