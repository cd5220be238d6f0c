import { MIN_VALUES } from '../stats/index.ts';
import { formatRate, perSecond, threeDigits } from '../units/index.ts';
import { counted, figure, listed, percent, span } from './figure.ts';
import { eventsAnswer } from './harm.ts';
import { kneeAnswer } from './knee-answer.ts';
import { saturation } from './saturation.ts';
import { servicesAnswer } from './services.ts';
import type { Comparison, Conclusion, Summary, VariantSummary } from './summary.ts';

/** The headline: what the answer is about. */
const HEADLINE = 'responseNs.p50';
/** More comparisons than these are not told one by one. */
const MOST_TOLD = 2;

/**
 * The answer to the scenario's question in one or two sentences, with numbers, units, interval and trials; and where
 * nothing can be said, that.
 */
export function answer(summary: Summary): string {
  const knees = kneeAnswer(summary);
  if (knees !== undefined) return knees;
  return eventsAnswer(summary) ?? [servicesAnswer(summary), ofLatency(summary)].filter(Boolean).join(' ');
}

function ofLatency(summary: Summary): string {
  const told = summary.comparisons.filter(({ metric }) => metric === HEADLINE);
  if (summary.blocks.planned === 0 && summary.certificate !== null) return calibrated(summary.certificate);
  if (summary.blocks.measured > 0 && summary.variants.some(({ loop }) => loop === 'closed')) {
    return saturation(summary);
  }
  if (summary.blocks.measured === 0) return 'No block was measured to its end: there is no answer.';
  if (told.length === 0) return summary.variants.slice(0, MOST_TOLD).map(alone).join(' ');
  if (told.length > MOST_TOLD) return overview(summary, told);
  // What all lack for the same reason is said once, at the end.
  const lacking = new Set(told.flatMap((comparison) => whyNoInterval(summary, comparison) ?? []));
  return [...told.map((comparison) => sentence(summary, comparison)), ...lacking].join(' ');
}

/** A run that measured no block on purpose. */
function calibrated({ result, checks }: NonNullable<Summary['certificate']>): string {
  const held = checks.filter((check) => check.result === 'held').length;
  const counts = `${held} of ${counted(checks.length, 'check')} held`;
  if (result === 'held') return `The harness may be believed on this machine: ${counts}.`;
  if (result === 'failed') return `The harness may not be believed as this machine is now: ${counts}.`;
  return `Whether the harness may be believed could not be judged in all: ${counts}.`;
}

/** A variant that nothing is compared with. */
function alone({ name, responseNs, achievedRate, trials }: VariantSummary): string {
  if (responseNs.p50 === null) return `${name}: no response time can be given, ${responseNs.reasons['p50'] ?? ''}.`;
  const tail = responseNs.p99 === null ? '' : ` and ${figure(responseNs.p99, 'ns')} at p99`;
  const rate = achievedRate === null ? '' : ` at ${formatRate(perSecond(achievedRate))}`;
  return `${name} answers within ${figure(responseNs.p50, 'ns')} at p50${tail}${rate} (${counted(trials, 'trial')}).`;
}

function sentence(summary: Summary, comparison: Comparison): string {
  return `${claim(summary, comparison)}${overloadOf(summary, comparison)}`;
}

function claim(summary: Summary, comparison: Comparison): string {
  const { baseline, candidate, conclusion, ratio, difference, reasons } = comparison;
  const from = p50Of(summary, baseline);
  const to = p50Of(summary, candidate);
  if (from === null || to === null) {
    return `Nothing can be said about ${candidate} against ${baseline}: ${reasons['difference'] ?? 'its p50 is missing'}.`;
  }
  const medians = `${figure(from, 'ns')} → ${figure(to, 'ns')}`;
  if (ratio === null || difference === null) {
    return `${candidate} against ${baseline}: p50 ${medians} (medians of ${counted(summary.blocks.measured, 'block')}).`;
  }
  const interval = (range: { readonly lower: number; readonly upper: number }) => {
    return `(${span(range, 'ns')}, ${confidence(comparison)}): ${medians}`;
  };
  const factor = `×${threeDigits(ratio.estimate)}`;
  const { estimate, lower, upper } = difference;
  switch (conclusion) {
    case 'worse':
      return `${candidate} adds ${figure(estimate, 'ns')} to p50 ${interval(difference)}, ${factor}.`;
    case 'better': {
      const saved = interval({ lower: -upper, upper: -lower });
      return `${candidate} takes ${figure(-estimate, 'ns')} off p50 ${saved}, ${factor}.`;
    }
    case 'equivalent':
      return `${candidate} makes no difference to p50 that counts: ${signed(estimate)} ${interval(difference)}.`;
    case 'cannot-tell':
      return `Whether ${candidate} changes p50 cannot be told: ${signed(estimate)} ${interval(difference)}.`;
  }
}

function signed(ns: number): string {
  return ns > 0 ? `+${figure(ns, 'ns')}` : figure(ns, 'ns');
}

/** Undefined where there is one, and where nothing can be said at all. */
function whyNoInterval(summary: Summary, comparison: Comparison): string | undefined {
  const { mode, blocks } = summary;
  const { baseline, candidate, ratio, difference, reasons } = comparison;
  if (p50Of(summary, baseline) === null || p50Of(summary, candidate) === null) return undefined;
  if (ratio !== null && difference !== null) return undefined;
  if (mode === 'quick') return 'A quick run proves nothing: no interval, no claim.';
  if (blocks.measured < MIN_VALUES) return `Under ${MIN_VALUES} blocks there is no interval, so no claim.`;
  return `No claim: ${reasons['difference'] ?? reasons['ratio'] ?? 'there is no interval'}.`;
}

function confidence({ confidence: coverage, n }: Comparison): string {
  const level = coverage === null ? '' : `${percent(coverage)} interval, `;
  return `${level}${counted(n, 'block')}`;
}

/** An overloaded variant has no latency of its own: it depends on how long it was measured. */
function overloadOf({ variants }: Summary, { baseline, candidate }: Comparison): string {
  const overloaded = variants.filter((variant) => variant.overloaded && [baseline, candidate].includes(variant.name));
  if (overloaded.length === 0) return '';
  const verb = overloaded.length === 1 ? 'was' : 'were';
  return ` But ${listed(overloaded.map(({ name }) => name))} ${verb} overloaded, so this depends on how long it was measured.`;
}

/** Many comparisons, of a matrix or of many variants: their range and how they ended. */
function overview(summary: Summary, told: readonly Comparison[]): string {
  const had = told.filter(({ difference }) => difference !== null);
  const ordered = had.toSorted((a, b) => (a.difference?.estimate ?? 0) - (b.difference?.estimate ?? 0));
  const [least, most] = [ordered[0], ordered.at(-1)];
  if (least?.difference == null || most?.difference == null) {
    return `No claim about any of ${told.length} comparisons: ${whyNone(summary, told)}.`;
  }
  const from = `${figure(least.difference.estimate, 'ns')} (${least.candidate}, ${span(least.difference, 'ns')})`;
  const to = `${figure(most.difference.estimate, 'ns')} (${most.candidate}, ${span(most.difference, 'ns')})`;
  return `${endings(told)} The differences go from ${from} to ${to}, ${confidence(most)}.`;
}

function whyNone({ blocks: { measured } }: Summary, told: readonly Comparison[]): string {
  if (measured < MIN_VALUES) return `${counted(measured, 'block')} cannot give an interval`;
  const reasons = new Set(told.map(({ reasons }) => reasons['difference'] ?? 'there is no interval'));
  return listed([...reasons]);
}

/** How comparisons of p50 ended: all of them in one way, or each way with its number. */
function endings(told: readonly Comparison[]): string {
  const ends = (['worse', 'better', 'equivalent', 'cannot-tell'] as const)
    .map((conclusion) => told.filter((comparison) => comparison.conclusion === conclusion))
    .flatMap((same) => (same[0] === undefined ? [] : [{ count: same.length, said: SAID[same[0].conclusion] }]));
  const [first, ...others] = ends;
  if (first !== undefined && others.length === 0) return `All ${first.count} variants ${first.said.many}.`;
  const each = ends.map(({ count, said }) => `${count} ${count === 1 ? said.one : said.many}`);
  return `Of ${told.length} variants ${each.slice(0, -1).join(', ')} and ${each.at(-1)}.`;
}

const SAID: Readonly<Record<Conclusion, { readonly one: string; readonly many: string }>> = {
  worse: { one: 'adds to p50', many: 'add to p50' },
  better: { one: 'takes something off p50', many: 'take something off p50' },
  equivalent: { one: 'makes no difference to p50 that counts', many: 'make no difference to p50 that counts' },
  'cannot-tell': { one: 'cannot be told from its baseline', many: 'cannot be told from their baselines' },
};

function p50Of({ variants }: Summary, name: string): number | null {
  return variants.find((variant) => variant.name === name)?.responseNs.p50 ?? null;
}
