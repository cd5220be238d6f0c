import {
  type CheckResult,
  type Conclusion,
  isMeasured,
  type RunEnd,
  type Summary,
  type ThresholdResult,
  type Verdict,
} from '../summary/index.ts';
import { own } from './own.ts';
import { visible } from './visible.ts';

/** How a word is coloured; the symbol beside it says the same without colour. */
export type Tone = 'good' | 'bad' | 'same' | 'unsure';

/** A word with its symbol and tone. */
export interface Marked {
  readonly symbol: string;
  readonly word: string;
  readonly tone: Tone;
}

export const VERDICTS: Readonly<Record<Verdict, Marked>> = {
  none: { symbol: '○', word: 'no verdict', tone: 'same' },
  pass: { symbol: '✓', word: 'pass', tone: 'good' },
  regression: { symbol: '✕', word: 'regression', tone: 'bad' },
  inconclusive: { symbol: '?', word: 'inconclusive', tone: 'unsure' },
  invalid: { symbol: '!', word: 'invalid', tone: 'bad' },
};

export const CONCLUSIONS: Readonly<Record<Conclusion, Marked>> = {
  better: { symbol: '✓', word: 'better', tone: 'good' },
  worse: { symbol: '✕', word: 'worse', tone: 'bad' },
  equivalent: { symbol: '≈', word: 'equivalent', tone: 'same' },
  'cannot-tell': { symbol: '?', word: 'cannot tell', tone: 'unsure' },
};

export const CHECK_RESULTS: Readonly<Record<CheckResult['result'], Marked>> = {
  held: { symbol: '✓', word: 'held', tone: 'good' },
  failed: { symbol: '✕', word: 'failed', tone: 'bad' },
  'not-judged': { symbol: '?', word: 'could not be judged', tone: 'unsure' },
};

export const THRESHOLD_RESULTS: Readonly<Record<ThresholdResult['result'], Marked>> = {
  held: { symbol: '✓', word: 'held', tone: 'good' },
  broken: { symbol: '✕', word: 'broken', tone: 'bad' },
  'cannot-tell': { symbol: '?', word: 'cannot tell', tone: 'unsure' },
};

const ENDS: Readonly<Record<RunEnd, string | null>> = {
  complete: null,
  'not-certified':
    'The certificate of the harness failed and this run was given up before its first block; --insist measures nevertheless.',
  'time-limit': 'The time limit ended this run before its last block; what was measured until then is shown.',
  'too-many-vetoes': 'Too many trials were vetoed and the run was given up; what was measured until then is shown.',
  interrupted: 'This run was interrupted; what was measured until then is shown.',
  'component-failed': 'A component failed and ended this run; what was measured until then is shown.',
  'internal-error': 'An error of meshbench itself ended this run; what was measured until then is shown.',
  killed: 'This run was killed: its record has no closing line. What was measured until then is shown.',
};

/** What a reader must know about the whole run before any number, one sentence each. */
export function notices(summary: Summary): readonly string[] {
  const quick =
    summary.mode === 'quick'
      ? ['Quick mode shows that a scenario works. It is too short to compare anything: no verdict.']
      : [];
  const end = ENDS[summary.ended];
  return [...quick, ...uncertified(summary), ...closedLoops(summary), ...(end === null ? [] : [end])];
}

/** Nobody may take the times of a closed loop for those of an open one. */
function closedLoops({ variants }: Summary): readonly string[] {
  const closed = variants.filter(({ loop }) => loop === 'closed').map(({ name }) => visible(name, 80));
  if (closed.length === 0) return [];
  return [
    `${closed.join(', ')} ran in a closed loop, which asks a slow system less: its service times leave out what users ` +
      'would wait, and compare with no latency of an open loop. What it finds is the rate that saturates.',
  ];
}

/** That a run was measured without a certificate, or against it. */
function uncertified({ certificate, mode }: Summary): readonly string[] {
  if (mode === 'quick') return [];
  if (certificate === null) return ['The harness was not calibrated before this run: nothing certifies its numbers.'];
  if (certificate.result !== 'failed' || !certificate.insisted) return [];
  const failed = certificate.checks.filter(({ result }) => result === 'failed').map(({ text }) => visible(text, 300));
  return [`The certificate of the harness failed and the run was insisted on: ${failed.join('; ')}.`];
}

const METRICS: Readonly<Record<string, string>> = {
  responseNs: 'Response time',
  serviceNs: 'Service time',
  queueWaitNs: 'Queue wait',
  releaseLagNs: 'Release lag',
  cpuMsPer1k: 'CPU per 1,000 requests',
  rssBytes: 'Memory (RSS)',
  peakBytes: 'Peak memory',
  achievedRate: 'Achieved rate',
  errors: 'Requests that failed',
  shortfall: 'Offered and not answered',
  readyNs: 'Time until ready',
  p999: 'p99.9',
};

/** A metric's field name in words: `responseNs.p999` is `Response time p99.9`; unknown names stay as they are. */
export function metricName(metric: string): string {
  return metric
    .split('.')
    .map((part) => own(METRICS, part) ?? visible(part, 60))
    .join(' ');
}

/** Whether a component measures, rather than being measured. */
export function isMeasuring(component: string): boolean {
  return !isMeasured(component);
}
