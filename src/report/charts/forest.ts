import type { Comparison, Summary } from '../../summary/index.ts';
import { candidateName, comparisonSentence, difference } from '../tables/comparisons.ts';
import { lookOf } from '../variants.ts';
import { CONCLUSIONS } from '../words.ts';
import { linearDomain, timeAxis } from './axes.ts';
import { type BesideRow, namesBeside } from './beside.ts';
import { type Chart, HALF, PHONE } from './chart.ts';
import type { ChartSpec } from './draw.ts';
import { at, MOST_ROWS, rowSpec } from './rows.ts';
import { LOOK } from './theme.ts';

/** Longest name that stands beside its row; with a longer one all names stand above. */
const LONGEST_BESIDE = 24;
/** Room for a row's difference, right of the marks. */
const VALUES = 88;

/**
 * What every variant adds to its baseline in one quantile: one row each, the estimate with its interval, against zero.
 * Undefined where no comparison has an interval.
 */
export function forestChart(summary: Summary, quantile: 'p50' | 'p99'): Chart | undefined {
  const comparisons = summary.comparisons
    .filter(({ metric }) => metric === `responseNs.${quantile}`)
    .slice(0, MOST_ROWS);
  const intervals = comparisons.flatMap(({ difference: estimate, candidate }, row) => {
    const look = lookOf(summary, summary.variants.find(({ name }) => name === candidate) ?? { base: candidate });
    return estimate === null ? [] : [{ x: estimate.estimate, from: estimate.lower, to: estimate.upper, row, look }];
  });
  if (intervals.length === 0) return undefined;
  const rows = comparisons.map((comparison) => rowOf(summary, comparison));
  const domain = linearDomain([0, ...intervals.flatMap(({ from, to }) => [from, to])]);
  return {
    label: `Added to ${quantile} by each variant, with its interval. ${comparisons
      .map((comparison) => comparisonSentence(summary, comparison))
      .join('; ')}.`,
    heading: `Added to ${quantile}`,
    widths: [HALF, PHONE],
    spec: (width) => {
      const beside = width > PHONE && rows.every(({ name }) => name.length <= LONGEST_BESIDE);
      const placed = intervals.map((interval) => ({ ...interval, y: beside ? interval.row : at(interval.row) }));
      return beside
        ? namesBeside(rows, width, VALUES, (inner) => timeAxis(domain, inner), layers(placed))
        : rowSpec(
            rows.map(({ name, value }) => ({ label: `${value}   ${name}` })),
            width,
            timeAxis(domain, width),
            layers(placed),
          );
    },
  };
}

function layers(intervals: readonly { readonly x: number; readonly y: number }[]): ChartSpec['layer'] {
  return [
    {
      data: { values: [{ x: 0 }] },
      mark: { type: 'rule', stroke: 'var(--ink)', strokeWidth: 1 },
      encoding: { y: { value: 0 }, y2: { value: 'height' } },
    },
    {
      data: { values: [...intervals] },
      mark: { type: 'rule', strokeWidth: 2.5 },
      encoding: { x: { field: 'from', type: 'quantitative' }, x2: { field: 'to' }, color: LOOK.color },
    },
    {
      data: { values: [...intervals] },
      mark: { type: 'point', filled: true, size: 80, opacity: 1 },
      encoding: LOOK,
    },
  ];
}

/** The difference with the symbol of its conclusion. */
function rowOf(summary: Summary, comparison: Comparison): BesideRow {
  const { symbol } = CONCLUSIONS[comparison.conclusion];
  return { name: candidateName(summary, comparison), value: `${symbol} ${difference(comparison).text}` };
}
