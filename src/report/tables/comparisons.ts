import type { Comparison, Estimate, Summary } from '../../summary/index.ts';
import { percent, ratio, signed } from '../figures.ts';
import { type Cell, marked, numbers, reasonOf, type Table, value, words } from '../table.ts';
import { visible } from '../visible.ts';
import { CONCLUSIONS, metricName } from '../words.ts';

/** Every comparison that the run allows; undefined where there is none. */
export function comparisonsTable(summary: Summary): Table | undefined {
  if (summary.comparisons.length === 0) return undefined;
  return {
    caption: 'Each variant against its baseline, paired by block: estimate and interval',
    columns: [
      words('Metric'),
      words('Baseline → candidate'),
      numbers('Difference'),
      numbers('Ratio'),
      numbers('Blocks'),
      numbers('Smallest detectable'),
      words('Conclusion'),
    ],
    rows: summary.comparisons.map((comparison) => [
      { text: metricName(comparison.metric) },
      { text: pairName(comparison) },
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
  const pairs = [...new Set(summary.comparisons.map(pairName))];
  return pairs.map((pair) => ({
    caption: pair,
    columns: [words('Metric'), numbers('Difference'), words('Interval'), numbers('Ratio'), words('Conclusion')],
    rows: summary.comparisons
      .filter((comparison) => pairName(comparison) === pair)
      .map((comparison) => {
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

/** `direct → outbound`. */
export function pairName({ baseline, candidate }: Comparison): string {
  return `${visible(baseline, 80)} → ${visible(candidate, 80)}`;
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
  return confidence === null ? { text: String(n) } : { text: String(n), detail: `${percent(confidence)} interval` };
}

/** One comparison in words, for the accessible name of a chart. */
export function comparisonSentence(comparison: Comparison): string {
  const { text, detail } = difference(comparison);
  const interval = detail === undefined ? '' : ` (${detail})`;
  return `${pairName(comparison)}: ${text}${interval}, ${CONCLUSIONS[comparison.conclusion].word}`;
}
