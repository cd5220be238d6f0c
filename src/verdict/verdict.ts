import type { ArmName } from './document.ts';
import type { Stage } from './stage.ts';

/** How a gate ends. `failed` is an arm that did not start or died; it has the exit code of a failed component. */
export type GateVerdict = 'pass' | 'regression' | 'inconclusive' | 'invalid' | 'failed' | 'interrupted';

/** A verdict with its reasons, one sentence each. */
export interface GateJudgement {
  readonly verdict: GateVerdict;
  readonly reasons: readonly string[];
}

/** More than this share of vetoed trials and the machine was no place to measure. */
const MAX_VETOED = 0.2;

/** The verdict over both stages: only what was found twice is a regression, and what is missing never passes. Pure. */
export function judgeGate(
  first: Stage,
  confirm: Stage | undefined,
  failure: { readonly arm: ArmName | undefined; readonly message: string } | undefined,
): GateJudgement {
  const last = confirm ?? first;
  const broken = endedBadly(last, failure);
  if (broken !== undefined) return broken;
  if (first.decision === undefined) return tooFew(first);
  const { state, findings } = first.decision;
  if (state === 'pass')
    return {
      verdict: 'pass',
      reasons: findings.filter(({ improved }) => improved).map(({ metric }) => `${metric} is certainly better.`),
    };
  if (state === 'open') {
    const open = findings.filter((finding) => finding.state === 'open');
    return { verdict: 'inconclusive', reasons: open.map(({ metric, why }) => `${metric}: ${why}.`) };
  }
  const worse = findings.filter((finding) => finding.state === 'regression').map(({ metric }) => metric);
  if (confirm === undefined)
    return { verdict: 'inconclusive', reasons: [`${worse.join(', ')}: worse once, and not measured again.`] };
  const again = confirm.decision?.findings.filter((finding) => finding.state === 'regression') ?? [];
  if (again.length === 0) {
    return { verdict: 'inconclusive', reasons: [`${worse.join(', ')}: worse once, and not in the confirming run.`] };
  }
  return {
    verdict: 'regression',
    reasons: again.map(({ metric }) => `${metric} is worse than the tolerance, in two runs.`),
  };
}

function endedBadly(
  stage: Stage,
  failure: { readonly arm: ArmName | undefined; readonly message: string } | undefined,
): GateJudgement | undefined {
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
  if (stage.ended === 'too-many-vetoes' || trials.vetoed > MAX_VETOED * trials.measured) {
    return {
      verdict: 'invalid',
      reasons: [`${trials.vetoed} of ${trials.measured} trials were vetoed: the machine was too disturbed to measure.`],
    };
  }
  return undefined;
}

function tooFew({ blocks }: Stage): GateJudgement {
  return {
    verdict: 'inconclusive',
    reasons: [`Not enough data: ${blocks.measured} whole blocks, fewer than the first look needs.`],
  };
}
