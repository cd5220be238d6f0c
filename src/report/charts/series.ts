import { median } from '../../stats/index.ts';
import type { SeriesPoint, Summary, VariantSummary } from '../../summary/index.ts';
import { figure } from '../figures.ts';
import { lookOf, nameOf } from '../variants.ts';
import { logAxis, onLogAxis, TIME_LABEL } from './axes.ts';
import type { Chart } from './chart.ts';
import type { ChartSpec } from './draw.ts';
import { LINE, LOOK } from './theme.ts';

/** Most points of one line; beyond it seconds are drawn in groups. */
const MOST_POINTS = 150;

/** What is drawn of every second. A group of seconds shows the worst of them where hiding a spike would mislead. */
interface Signal {
  readonly field: 'p50' | 'p99' | 'requests' | 'errors';
  readonly heading: string;
  readonly group: (values: readonly number[]) => number | null;
}

export const SIGNALS: Readonly<Record<Signal['field'], Signal>> = {
  p99: { field: 'p99', heading: 'p99 of every second', group: (values) => Math.max(...values) },
  p50: { field: 'p50', heading: 'p50 of every second', group: median },
  requests: { field: 'requests', heading: 'Requests ended in every second', group: median },
  errors: { field: 'errors', heading: 'Errors in every second', group: (values) => Math.max(...values) },
};

interface Point {
  readonly x: number;
  readonly y: number;
  readonly order: number;
  readonly look: number;
}

/** One signal second by second, medians over trials, one line per variant; events are upright lines. */
export function seriesChart(
  summary: Summary,
  variants: readonly VariantSummary[],
  { field, heading, group }: Signal,
  place: { readonly heading?: string; readonly widths: readonly number[] },
): Chart | undefined {
  const seconds = summary.variants
    .flatMap(({ series }) => series)
    .reduce((most, { second }) => Math.max(most, second + 1), 0);
  const size = Math.max(1, Math.ceil(seconds / MOST_POINTS));
  const pointsOf = (drawn: readonly VariantSummary[]): Point[] =>
    drawn.flatMap((variant, order) =>
      grouped(variant.series, size, field, group).map((point) => ({ ...point, order, look: lookOf(summary, variant) })),
    );
  const points = pointsOf(variants);
  const y = field === 'requests' || field === 'errors' ? countAxis() : timeAxis(pointsOf(summary.variants));
  if (points.length === 0 || y === undefined) return undefined;
  const grouping = size === 1 ? '' : `, drawn in groups of ${size} s`;
  return {
    label: `${heading}${grouping}. ${variants
      .slice(0, 4)
      .map((variant, order) => finding(variant, order, points, field))
      .join('; ')}.`,
    heading: place.heading ?? `${heading}${grouping}`,
    widths: place.widths,
    spec: () => ({
      height: 130,
      margins: { left: 64, right: 12, top: 8, bottom: 26 },
      layer: [
        {
          data: { values: eventTimes(variants) },
          mark: { type: 'rule', stroke: 'var(--ink)', strokeDash: [4, 4] },
          encoding: UPRIGHT,
        },
        { data: { values: points }, mark: { type: 'line', strokeWidth: 1.5 }, encoding: LINE },
        {
          data: { values: size === 1 ? points : [] },
          mark: { type: 'point', filled: true, size: 22, opacity: 1 },
          encoding: LOOK,
        },
      ],
      encoding: { x: secondsAxis(seconds), y },
    }),
  };
}

/** From the top of the chart to its bottom. */
const UPRIGHT = {
  x: { field: 'x', type: 'quantitative' },
  y: { value: 0 },
  y2: { value: 'height' },
} as const satisfies NonNullable<ChartSpec['encoding']>;

function grouped(series: readonly SeriesPoint[], size: number, field: Signal['field'], group: Signal['group']) {
  const groups = new Map<number, number[]>();
  for (const point of series) {
    const value = point[field];
    const start = Math.floor(point.second / size) * size;
    if (value !== null) groups.set(start, [...(groups.get(start) ?? []), value]);
  }
  return [...groups].flatMap(([start, values]) => {
    const y = group(values);
    return y === null ? [] : [{ x: start + size / 2, y }];
  });
}

function eventTimes(variants: readonly VariantSummary[]): { x: number }[] {
  const seconds = variants.flatMap(({ events }) => events.map(({ intendedNs }) => intendedNs / 1e9));
  return [...new Set(seconds)].map((x) => ({ x }));
}

function secondsAxis(seconds: number) {
  return {
    field: 'x',
    type: 'quantitative',
    title: null,
    scale: { domain: [0, seconds], nice: false },
    axis: { labelExpr: 'datum.value + " s"', tickCount: 6, tickMinStep: 1, grid: false, labelOverlap: 'parity' },
  } as const satisfies NonNullable<ChartSpec['encoding']>['x'];
}

function countAxis() {
  return {
    field: 'y',
    type: 'quantitative',
    title: null,
    scale: { zero: true },
    axis: { tickCount: 4, format: ',~f' },
  } as const satisfies NonNullable<ChartSpec['encoding']>['y'];
}

function timeAxis(points: readonly Point[]) {
  const axis = logAxis(points.map(({ y }) => y));
  if (axis === undefined) return undefined;
  return onLogAxis('y', axis, TIME_LABEL);
}

function finding(variant: VariantSummary, order: number, points: readonly Point[], field: Signal['field']): string {
  const own = points.filter((point) => point.order === order).map(({ y }) => y);
  if (own.length === 0) return `${nameOf(variant)}: no value`;
  const print = (value: number): string =>
    field === 'p50' || field === 'p99' ? figure(value, 'ns') : value.toFixed(0);
  return `${nameOf(variant)}: from ${print(Math.min(...own))} to ${print(Math.max(...own))}`;
}
