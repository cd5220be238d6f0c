import { type Summary, servicesOf, type VariantSummary } from '../../summary/index.ts';
import { figure, plain, type Unit } from '../figures.ts';
import { bases, lookOf } from '../variants.ts';
import { visible } from '../visible.ts';
import { SIZE_LABEL, TIME_LABEL } from './axes.ts';
import { type Chart, HALF, PHONE } from './chart.ts';
import { LINE, LOOK } from './theme.ts';

/** What is drawn over the number of services. */
interface Measure {
  readonly heading: string;
  readonly unit: Unit;
  readonly axisLabel: string;
  of(variant: VariantSummary): number | null;
}

const MEASURES: readonly Measure[] = [
  {
    heading: 'Memory (RSS) of a sidecar when it is ready',
    unit: 'B',
    axisLabel: SIZE_LABEL,
    of: ({ configuration }) => configuration?.rssBytes ?? null,
  },
  {
    heading: 'Time until a sidecar is ready',
    unit: 'ns',
    axisLabel: TIME_LABEL,
    of: ({ configuration }) => configuration?.readyNs ?? null,
  },
  { heading: 'Response time p50', unit: 'ns', axisLabel: TIME_LABEL, of: ({ responseNs }) => responseNs.p50 },
  { heading: 'Response time p99', unit: 'ns', axisLabel: TIME_LABEL, of: ({ responseNs }) => responseNs.p99 },
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
}

function measureChart(summary: Summary, measure: Measure): readonly Chart[] {
  const points = summary.variants.flatMap((variant): readonly Point[] => {
    const [x, y, look] = [servicesOf(variant), measure.of(variant), lookOf(summary, variant)];
    return x === undefined || y === null ? [] : [{ x, y, order: look, look }];
  });
  if (points.length === 0) return [];
  const { heading, axisLabel } = measure;
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
          { data: { values: points }, mark: { type: 'line', strokeWidth: 1.5 }, encoding: LINE },
          { data: { values: points }, mark: { type: 'point', filled: true, size: 45, opacity: 1 }, encoding: LOOK },
        ],
        encoding: {
          x: {
            field: 'x',
            type: 'quantitative',
            title: null,
            axis: { tickCount: 5, format: ',d', grid: false, labelOverlap: 'greedy' },
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
  const ends = [first, last].map(({ x, y }) => `${figure(y, unit)} at ${plain(x)}`);
  return `${visible(base, 80)}: from ${ends.join(' to ')}`;
}
