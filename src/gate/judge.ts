import { MIN_VALUES } from '../stats/index.ts';
import type { RunEnd, Summary, ThresholdResult, Verdict } from '../summary/index.ts';
import type { ExitKind } from '../units/index.ts';

/** More than this share of vetoed trials and the machine was no place to measure. */
export const MAX_VETOED_SHARE = 0.2;

/** What a verdict is made of. */
export interface RunFacts {
  readonly mode: 'full' | 'quick';
  readonly ended: RunEnd;
  readonly blocks: Summary['blocks'];
  readonly trials: Summary['trials'];
  readonly thresholds: readonly ThresholdResult[];
  /** Null where the run was not calibrated. */
  readonly certificate: Summary['certificate'];
}

/** A verdict with its reasons, one sentence each. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly reasons: readonly string[];
}

/** The verdict over a run: only thresholds can pass or fail, and what is missing never passes. */
export function judge(run: RunFacts): Judgement {
  if (run.mode === 'quick') {
    return { verdict: 'none', reasons: ['No verdict: a quick run only shows that the scenario works.'] };
  }
  const spoiled = whyInvalid(run);
  if (spoiled !== undefined) return { verdict: 'invalid', reasons: [spoiled] };
  if (run.thresholds.length === 0) {
    return { verdict: 'none', reasons: ['Nothing was gated: the scenario sets no thresholds.'] };
  }
  if (run.blocks.planned < MIN_VALUES) {
    return {
      verdict: 'none',
      reasons: [`${count(run.blocks.planned)} asked for: under ${MIN_VALUES} there is no interval and no verdict.`],
    };
  }
  return judgeThresholds(run);
}

function whyInvalid({ ended, blocks, trials, certificate }: RunFacts): string | undefined {
  if (certificate?.result === 'failed' && !certificate.insisted) return uncertified(certificate);
  const { planned, measured } = blocks;
  if (ended === 'too-many-vetoes' || trials.vetoed > MAX_VETOED_SHARE * trials.measured) {
    return `${trials.vetoed} of ${trials.measured} trials vetoed, more than a fifth: the machine was too disturbed to measure.`;
  }
  if (ended === 'time-limit' && measured < MIN_VALUES && planned >= MIN_VALUES) {
    return `The time limit was spent after ${measured} of ${count(planned)}; an interval needs ${MIN_VALUES}.`;
  }
  return undefined;
}

function uncertified({ checks }: NonNullable<Summary['certificate']>): string {
  const failed = checks.filter(({ result }) => result === 'failed').map(({ text }) => text);
  return `The certificate of the harness failed: ${failed.join('; ')}.`;
}

function judgeThresholds({ ended, blocks, thresholds }: RunFacts): Judgement {
  const broken = thresholds.filter(({ result }) => result === 'broken');
  if (broken.length > 0) return { verdict: 'regression', reasons: broken.map(({ reason }) => reason) };
  const open = thresholds.filter(({ result }) => result === 'cannot-tell');
  if (open.length > 0) return { verdict: 'inconclusive', reasons: open.map(({ reason }) => reason) };
  if (ended !== 'complete' && ended !== 'time-limit') {
    const reason = `Every threshold held so far, but the run ended after ${blocks.measured} of ${count(blocks.planned)}.`;
    return { verdict: 'inconclusive', reasons: [reason] };
  }
  return { verdict: 'pass', reasons: thresholds.map(({ reason }) => reason) };
}

function count(blocks: number): string {
  return `${blocks} ${blocks === 1 ? 'block' : 'blocks'}`;
}

/** How a command that ran this must end. How the run ended comes before what it found. */
export function exitKind(run: { readonly ended: RunEnd; readonly verdict: Verdict }): ExitKind {
  switch (run.ended) {
    case 'component-failed':
      return 'component';
    case 'interrupted':
    case 'killed':
      return 'interrupted';
    case 'internal-error':
      return 'internal';
    case 'complete':
    case 'not-certified':
    case 'time-limit':
    case 'too-many-vetoes':
      return exitKindOf(run.verdict);
  }
}

function exitKindOf(verdict: Verdict): ExitKind {
  return verdict === 'none' || verdict === 'pass' ? 'done' : verdict;
}
