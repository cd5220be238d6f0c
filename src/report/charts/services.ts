import { type Summary, servicesOf, type VariantSummary } from '../../summary/index.ts';
import { figure, plain, type Unit } from '../figures.ts';
import { bases, lookOf } from '../variants.ts';
import { visible } from '../visible.ts';
import { SIZE_LABEL, TIME_LABEL } from './axes.ts';
import { type Chart, HALF, PHONE } from './chart.ts';
import { BAND, PALE, spreadKind, spreadOf } from './spread.ts';
import { LINE, LOOK } from './theme.ts';

/** What is drawn over the number of services. */
interface Measure {
  readonly heading: string;
  readonly unit: Unit;
  readonly axisLabel: string;
  of(variant: VariantSummary): number | null;
  /** Of every trial. */
  each(variant: VariantSummary): readonly (number | null)[];
}

const MEASURES: readonly Measure[] = [
  {
    heading: 'Memory (RSS) of a sidecar when it is ready',
    unit: 'B',
    axisLabel: SIZE_LABEL,
    of: ({ configuration }) => configuration?.rssBytes ?? null,
    each: ({ configuration }) => (configuration?.perTrial ?? []).map(({ rssBytes }) => rssBytes),
  },
  {
    heading: 'Time until a sidecar is ready',
    unit: 'ns',
    axisLabel: TIME_LABEL,
    of: ({ configuration }) => configuration?.readyNs ?? null,
    each: ({ configuration }) => (configuration?.perTrial ?? []).map(({ readyNs }) => readyNs),
  },
  ...(['p50', 'p99'] as const).map(
    (quantile): Measure => ({
      heading: `Response time ${quantile}`,
      unit: 'ns',
      axisLabel: TIME_LABEL,
      of: ({ responseNs }) => responseNs[quantile],
      each: ({ perTrial }) => perTrial.map((trial) => trial[quantile]),
    }),
  ),
];

/** A chart for each measure over the number of services, one line per variant; none where that number is no axis. */
export function servicesCharts(summary: Summary): readonly Chart[] {
  const counts = new Set(summary.variants.flatMap((variant) => servicesOf(variant) ?? []));
  return counts.size < 2 ? [] : MEASURES.flatMap((measure) => measureChart(summary, measure));
}

interface Point {
  readonly x: number;
  readonly y: number;
  readonly order: number;
  readonly look: number;
  readonly trials: readonly number[];
  /** Equal to `y` where there is none. */
  readonly from: number;
  readonly to: number;
}

function measureChart(summary: Summary, measure: Measure): readonly Chart[] {
  const kind = spreadKind(summary);
  const points = summary.variants.flatMap((variant): readonly Point[] => {
    const [x, y, look] = [servicesOf(variant), measure.of(variant), lookOf(summary, variant)];
    if (x === undefined || y === null) return [];
    const trials = measure.each(variant).filter((value) => value !== null);
    const { from, to } = spreadOf(trials, kind) ?? { from: y, to: y };
    return [{ x, y, order: look, look, trials, from, to }];
  });
  if (points.length === 0) return [];
  const { heading, axisLabel } = measure;
  const dots = kind === 'range' ? points.flatMap(({ trials, ...point }) => trials.map((y) => ({ ...point, y }))) : [];
  return [
    {
      label: `${heading} over the number of services. ${bases(summary)
        .map((base) => finding(base, points, summary, measure))
        .join('; ')}.`,
      heading: `${heading}, over the number of services`,
      widths: [HALF, PHONE],
      spec: () => ({
        height: 170,
        margins: { left: 72, right: 28, top: 8, bottom: 26 },
        layer: [
          { data: { values: points }, mark: { type: 'area', opacity: PALE }, encoding: BAND },
          { data: { values: dots }, mark: { type: 'point', filled: true, size: 14, opacity: 0.7 }, encoding: LOOK },
          { data: { values: points }, mark: { type: 'line', strokeWidth: 1.5 }, encoding: LINE },
          { data: { values: points }, mark: { type: 'point', filled: true, size: 45, opacity: 1 }, encoding: LOOK },
        ],
        encoding: {
          x: {
            field: 'x',
            type: 'quantitative',
            title: null,
            axis: { tickCount: 5, format: ',d', grid: false, labelOverlap: 'greedy', labelFlush: false },
          },
          y: {
            field: 'y',
            type: 'quantitative',
            title: null,
            scale: { zero: true },
            axis: { tickCount: 4, labelExpr: axisLabel },
          },
        },
      }),
    },
  ];
}

function finding(base: string, points: readonly Point[], summary: Summary, { unit }: Measure): string {
  const look = bases(summary).indexOf(base);
  const own = points.filter((point) => point.look === look).toSorted((a, b) => a.x - b.x);
  const [first, last] = [own[0], own.at(-1)];
  if (first === undefined || last === undefined) return `${visible(base, 80)}: no value`;
  const ends = [first, last].map(({ x, y, from, to }) => {
    const spread = from === to ? '' : ` (${figure(from, unit)} to ${figure(to, unit)})`;
    return `${figure(y, unit)}${spread} at ${plain(x)}`;
  });
  return `${visible(base, 80)}: from ${ends.join(' to ')}`;
}
