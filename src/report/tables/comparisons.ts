import type { Comparison, Estimate, Summary } from '../../summary/index.ts';
import { percent, ratio, signed, time } from '../figures.ts';
import { type Cell, marked, numbers, reasonOf, type Table, value, words } from '../table.ts';
import { memberOf, pointOf } from '../variants.ts';
import { visible } from '../visible.ts';
import { CONCLUSIONS, metricName } from '../words.ts';

/** Pairs that can be told metric by metric; of more a table of one row each tells the most important. */
const MOST_PAIRS = 3;

/** The metric that the answer is about. */
export const HEADLINE = 'responseNs.p50';

/** Whether a run compares so many pairs that {@link addedTable} stands for the tables of each. */
export function hasManyPairs({ comparisons }: Summary): boolean {
  return comparisons.filter(({ metric }) => metric === HEADLINE).length > MOST_PAIRS;
}

/** What each variant adds to its baseline, one row each: the headline with its interval, the tail, and processor time. */
export function addedTable(summary: Summary): Table {
  return {
    caption: 'What each variant adds to its baseline, paired by block',
    columns: [
      words('Variant'),
      numbers('p50'),
      numbers('Added to p50', { short: 'Added' }),
      numbers('Interval'),
      numbers('Added to p99', { short: 'Added p99' }),
      numbers('Added CPU per 1,000 requests', { short: 'Added CPU/1,000' }),
      words('p50 is'),
    ],
    rows: summary.comparisons
      .filter(({ metric }) => metric === HEADLINE)
      .map((headline) => addedRow(summary, headline)),
  };
}

function addedRow(summary: Summary, headline: Comparison): readonly Cell[] {
  const other = (metric: string): Cell => {
    const found = summary.comparisons.find(
      ({ candidate, baseline, metric: its }) =>
        candidate === headline.candidate && baseline === headline.baseline && its === metric,
    );
    return found === undefined ? { text: '–', note: 'not compared' } : withoutDetail(difference(found));
  };
  const candidate = summary.variants.find(({ name }) => name === headline.candidate);
  const { detail, ...estimate } = difference(headline);
  const member = candidate === undefined ? undefined : memberOf(candidate, familyName(summary, headline));
  return [
    { text: candidateName(summary, headline), ...(member === undefined ? {} : { member }) },
    value(candidate?.responseNs.p50 ?? null, time, candidate?.responseNs.reasons ?? {}, 'p50'),
    estimate,
    { text: detail ?? '–' },
    other('responseNs.p99'),
    other('cpuMsPer1k'),
    marked(CONCLUSIONS[headline.conclusion]),
  ];
}

function withoutDetail({ detail: _, ...cell }: Cell): Cell {
  return cell;
}

/** Every comparison of the run; undefined where there is none. A single pair is named by the caption alone. */
export function comparisonsTable(summary: Summary): Table | undefined {
  const [only, ...others] = new Set(summary.comparisons.map((comparison) => pairName(summary, comparison)));
  if (only === undefined) return undefined;
  const several = others.length > 0;
  return {
    caption: `${several ? 'Each variant against its baseline' : only}, paired by block: estimate and interval`,
    columns: [
      words('Metric'),
      ...(several ? [words('Baseline → candidate')] : []),
      numbers('Difference'),
      numbers('Ratio'),
      numbers('Blocks, confidence'),
      numbers('Smallest detectable'),
      words('Conclusion'),
    ],
    rows: summary.comparisons.map((comparison) => [
      { text: metricName(comparison.metric) },
      ...(several ? [{ text: pairName(summary, comparison) }] : []),
      difference(comparison),
      ratioCell(comparison),
      blocks(comparison),
      value(comparison.detectable, percent, comparison.reasons, 'detectable'),
      marked(CONCLUSIONS[comparison.conclusion]),
    ]),
  };
}

/** The same without what a terminal has no room for; one table per pair. */
export function comparisonsByPair(summary: Summary): readonly Table[] {
  const named = summary.comparisons.map((comparison) => ({ comparison, pair: pairName(summary, comparison) }));
  return [...new Set(named.map(({ pair }) => pair))].map((pair) => ({
    caption: pair,
    columns: [words('Metric'), numbers('Difference'), words('Interval'), numbers('Ratio'), words('Conclusion')],
    rows: named
      .filter((other) => other.pair === pair)
      .map(({ comparison }) => {
        const { detail, ...estimate } = difference(comparison);
        return [
          { text: metricName(comparison.metric) },
          estimate,
          { text: detail ?? '–' },
          { text: ratioCell(comparison).text },
          marked(CONCLUSIONS[comparison.conclusion]),
        ];
      }),
  }));
}

/** The candidate alone: `outbound`, and at which point of the matrix; over which baseline where there are several. */
export function candidateName(summary: Summary, comparison: Comparison): string {
  const candidate = summary.variants.find(({ name }) => name === comparison.candidate);
  const point = candidate === undefined ? '' : pointOf(candidate);
  const name = familyName(summary, comparison);
  return point === '' ? name : `${name} at ${point}`;
}

/** The same without the point of the matrix. */
function familyName(summary: Summary, { baseline, candidate }: Comparison): string {
  const several = new Set(summary.variants.map((variant) => baseOf(summary, variant.baseline))).size > 1;
  const [from, to] = [baseline, candidate].map((name) => visible(baseOf(summary, name), 80));
  return several ? `${to} over ${from}` : `${to}`;
}

function baseOf(summary: Summary, name: string): string {
  return summary.variants.find((variant) => variant.name === name)?.base ?? name;
}

/** `direct → outbound`, and at which point of the matrix. */
export function pairName(summary: Summary, { baseline, candidate }: Comparison): string {
  const [from, to] = [baseline, candidate].map((name) => summary.variants.find((variant) => variant.name === name));
  const point = to === undefined ? '' : pointOf(to);
  if (from === undefined || to === undefined || point === '' || point !== pointOf(from)) {
    return `${visible(baseline, 80)} → ${visible(candidate, 80)}`;
  }
  return `${visible(from.base, 80)} → ${visible(to.base, 80)} at ${point}`;
}

/** The difference with its interval, or the dash with its reason. */
export function difference({ difference: estimate, unit, reasons }: Comparison): Cell {
  return estimated(estimate, (number) => signed(number, unit), reasonOf(reasons, 'difference'));
}

function ratioCell({ ratio: estimate, reasons }: Comparison): Cell {
  return estimated(estimate, ratio, reasonOf(reasons, 'ratio'));
}

function estimated(estimate: Estimate | null, print: (number: number) => string, reason: string): Cell {
  if (estimate === null) return { text: '–', note: reason };
  return { text: print(estimate.estimate), detail: `${print(estimate.lower)} to ${print(estimate.upper)}` };
}

function blocks({ n, confidence }: Comparison): Cell {
  return confidence === null ? { text: String(n) } : { text: String(n), detail: percent(confidence) };
}

/** One comparison in words, for the accessible name of a chart. */
export function comparisonSentence(summary: Summary, comparison: Comparison): string {
  const { text, detail } = difference(comparison);
  const interval = detail === undefined ? '' : ` (${detail})`;
  return `${pairName(summary, comparison)}: ${text}${interval}, ${CONCLUSIONS[comparison.conclusion].word}`;
}
