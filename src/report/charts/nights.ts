import { linearDomain, MILLIS_LABEL, SIZE_LABEL, TIME_LABEL, ticksFor } from './axes.ts';
import { type Chart, FULL, PHONE } from './chart.ts';
import type { ChartSpec } from './draw.ts';

/** The values of a metric over the nights, and where their level changed. */
export interface Nights {
  readonly metric: string;
  readonly points: readonly { readonly at: number; readonly value: number }[];
  /** Instants of the first nights of new levels, ms. */
  readonly changes: readonly number[];
}

/** A value per night, the middle of every level, and a dashed upright line where a level begins; undefined without two nights. */
export function nightsChart(nights: Nights, heading: string, finding: string): Chart | undefined {
  const points = nights.points.filter(({ at, value }) => Number.isFinite(at) && Number.isFinite(value));
  if (points.length < 2) return undefined;
  const changes = nights.changes.filter(Number.isFinite).toSorted((one, other) => one - other);
  const values = points.map(({ at, value }) => ({ x: at, y: value }));
  return {
    label: `${heading}. ${finding}`,
    heading,
    widths: [FULL, PHONE],
    spec: (width) => ({
      height: 170,
      margins: { left: 70, right: 16, top: 8, bottom: 26 },
      layer: [
        {
          data: { values: changes.map((x) => ({ x })) },
          mark: { type: 'rule', stroke: 'var(--bad)', strokeDash: [4, 4], strokeWidth: 1.5 },
          encoding: { y: { value: 0 }, y2: { value: 'height' } },
        },
        {
          data: { values: levels(points, changes) },
          mark: { type: 'rule', stroke: 'var(--muted)', strokeWidth: 2 },
          encoding: { x2: { field: 'until' } },
        },
        { data: { values }, mark: { type: 'line', stroke: 'var(--v0)', strokeWidth: 1, opacity: 0.5 } },
        { data: { values }, mark: { type: 'point', filled: true, fill: 'var(--v0)', size: 36, opacity: 1 } },
      ],
      encoding: { x: dateAxis(points, width), y: valueAxis(nights.metric, points) },
    }),
  };
}

type Point = Nights['points'][number];

/** The median of every level, from its first night to its last. */
function levels(points: readonly Point[], changes: readonly number[]) {
  const starts = [Number.NEGATIVE_INFINITY, ...changes];
  return starts.flatMap((from, index) => {
    const until = starts[index + 1] ?? Number.POSITIVE_INFINITY;
    const own = points.filter(({ at }) => at >= from && at < until);
    const [first, last] = [own[0], own.at(-1)];
    const middle = own.map(({ value }) => value).toSorted((one, other) => one - other)[Math.floor(own.length / 2)];
    if (first === undefined || last === undefined || middle === undefined) return [];
    return [{ x: first.at, until: last.at, y: middle }];
  });
}

function dateAxis(points: readonly Point[], width: number) {
  return {
    field: 'x',
    type: 'quantitative' as const,
    title: null,
    scale: { domain: linearDomain(points.map(({ at }) => at)), nice: false, zero: false },
    axis: {
      labelExpr: 'utcFormat(datum.value, "%Y-%m-%d")',
      tickCount: ticksFor(width),
      labelOverlap: 'greedy' as const,
      grid: false,
    },
  } satisfies NonNullable<ChartSpec['encoding']>['x'];
}

function valueAxis(metric: string, points: readonly Point[]) {
  return {
    field: 'y',
    type: 'quantitative' as const,
    title: null,
    scale: { domain: linearDomain(points.map(({ value }) => value)), nice: false, zero: false },
    axis: { labelExpr: labelOf(metric), tickCount: 4 },
  } satisfies NonNullable<ChartSpec['encoding']>['y'];
}

function labelOf(metric: string): string {
  if (metric.includes('Ns.')) return TIME_LABEL;
  if (metric === 'cpuMsPer1k') return MILLIS_LABEL;
  return metric === 'rssBytes' ? SIZE_LABEL : 'datum.label';
}
