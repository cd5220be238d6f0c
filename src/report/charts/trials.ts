import { median } from '../../stats/index.ts';
import type { Comparison, Summary } from '../../summary/index.ts';
import { figure } from '../figures.ts';
import { comparisonSentence, difference, pairName } from '../tables/comparisons.ts';
import { lookOf, nameOf } from '../variants.ts';
import { CONCLUSIONS } from '../words.ts';
import { linearDomain, TIME_LABEL } from './axes.ts';
import { type Chart, HALF, PHONE } from './chart.ts';
import { at, MOST_ROWS, rowSpec, ticksFor } from './rows.ts';
import { LOOK } from './theme.ts';

/** The quantiles of which every trial gives one value. */
export const TRIAL_QUANTILES = ['p50', 'p90', 'p99'] as const;
export type TrialQuantile = (typeof TRIAL_QUANTILES)[number];

/** Most variants between which the trials of a block are joined by a line. */
const MOST_JOINED = 4;

/** One dot per trial, by variant, the median as an upright line; the trials of a block are joined. */
export function trialsChart(summary: Summary, quantile: TrialQuantile): Chart | undefined {
  const variants = summary.variants.slice(0, MOST_ROWS);
  const dots = variants.flatMap((variant, row) =>
    variant.perTrial.flatMap((trial, index, { length }) => {
      const x = trial[quantile];
      const y = at(row, length > 1 ? 0.28 * (index / (length - 1) - 0.5) : 0);
      return x === null ? [] : [{ x, y, row, block: trial.block, look: lookOf(summary, variant) }];
    }),
  );
  if (dots.length === 0) return undefined;
  const medians = variants.flatMap((_, row) => {
    const x = median(dots.filter((dot) => dot.row === row).map((dot) => dot.x));
    return x === null ? [] : [{ x, y: at(row, -0.26), until: at(row, 0.26) }];
  });
  const joined = variants.length <= MOST_JOINED ? dots : [];
  return {
    label: `${quantile} of every trial. ${variants.slice(0, 4).map(finding).join('; ')}.`,
    heading: `${quantile}, each trial`,
    widths: [HALF, PHONE],
    spec: (width) =>
      rowSpec(
        variants.map((variant) => ({ label: nameOf(variant) })),
        width,
        timeAxis(linearDomain(dots.map(({ x }) => x)), width),
        [
          {
            data: { values: joined },
            mark: { type: 'line', stroke: 'var(--muted)', strokeWidth: 1, opacity: 0.35 },
            encoding: { detail: { field: 'block', type: 'nominal' }, order: { field: 'row', type: 'quantitative' } },
          },
          {
            data: { values: medians },
            mark: { type: 'rule', stroke: 'var(--ink)', strokeWidth: 2 },
            encoding: { y2: { field: 'until' } },
          },
          { data: { values: dots }, mark: { type: 'point', filled: true, size: 55, opacity: 0.8 }, encoding: LOOK },
        ],
      ),
  };

  function finding(variant: Summary['variants'][number], row: number): string {
    const own = dots.filter((dot) => dot.row === row).map(({ x }) => x);
    const range =
      own.length === 0 ? 'no value' : `${figure(Math.min(...own), 'ns')} to ${figure(Math.max(...own), 'ns')}`;
    return `${nameOf(variant)}: ${own.length} trials from ${range}`;
  }
}

/** The paired differences in one quantile with their intervals, against zero. */
export function differencesChart(summary: Summary, quantile: TrialQuantile): Chart | undefined {
  const comparisons = summary.comparisons
    .filter(({ metric, difference: estimate }) => metric === `responseNs.${quantile}` && estimate !== null)
    .slice(0, MOST_ROWS);
  const estimates = comparisons.flatMap(({ difference: estimate }, row) =>
    estimate === null ? [] : [{ x: estimate.estimate, from: estimate.lower, to: estimate.upper, y: at(row), row }],
  );
  if (estimates.length === 0) return undefined;
  const domain = linearDomain([0, ...estimates.flatMap(({ from, to }) => [from, to])]);
  return {
    label: `Difference in ${quantile}, paired by block. ${comparisons
      .slice(0, 4)
      .map((comparison) => comparisonSentence(summary, comparison))
      .join('; ')}.`,
    heading: `${quantile}, difference and interval`,
    widths: [HALF, PHONE],
    spec: (width) =>
      rowSpec(
        comparisons.map((comparison) => rowLabel(summary, comparison)),
        width,
        timeAxis(domain, width),
        [
          {
            data: { values: [{ x: 0 }] },
            mark: { type: 'rule', stroke: 'var(--muted)', strokeWidth: 1.5 },
            encoding: UPRIGHT,
          },
          {
            data: { values: estimates },
            mark: { type: 'rule', stroke: 'var(--ink)', strokeWidth: 3 },
            encoding: { x: { field: 'from', type: 'quantitative' }, x2: { field: 'to' } },
          },
          {
            data: { values: estimates },
            mark: { type: 'point', filled: true, size: 90, opacity: 1, color: 'var(--ink)' },
          },
        ],
      ),
  };
}

/** From the top of the chart to its bottom. */
const UPRIGHT = { y: { value: 0 }, y2: { value: 'height' } } as const;

/** The value first, since long names are cut. */
function rowLabel(summary: Summary, comparison: Comparison): { label: string } {
  const { symbol, word } = CONCLUSIONS[comparison.conclusion];
  return { label: `${difference(comparison).text}  ${symbol} ${word}: ${pairName(summary, comparison)}` };
}

function timeAxis(domain: [number, number], width: number) {
  return {
    field: 'x',
    type: 'quantitative',
    title: null,
    scale: { domain, nice: false, zero: false },
    axis: { labelExpr: TIME_LABEL, tickCount: ticksFor(width) },
  } as const;
}
