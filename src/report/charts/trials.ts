import { median } from '../../stats/index.ts';
import type { Summary } from '../../summary/index.ts';
import { figure } from '../figures.ts';
import { lookOf, nameOf } from '../variants.ts';
import { linearDomain, timeAxis } from './axes.ts';
import { type Chart, PHONE } from './chart.ts';
import { at, MOST_ROWS, rowSpec } from './rows.ts';
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
    widths: [PHONE],
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
