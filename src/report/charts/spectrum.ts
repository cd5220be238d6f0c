import type { Summary, VariantSummary } from '../../summary/index.ts';
import { figure } from '../figures.ts';
import { lookOf, nameOf } from '../variants.ts';
import { logAxis, onLogAxis, TIME_LABEL } from './axes.ts';
import type { Chart } from './chart.ts';
import { PALE, spreadKind, spreadOf } from './spread.ts';
import { LINE, LOOK } from './theme.ts';

/** Labelled places on the axis 1/(1−p). */
const MARKS = [
  { p: 0.5, field: 'p50', label: '50 %' },
  { p: 0.9, field: 'p90', label: '90 %' },
  { p: 0.99, field: 'p99', label: '99 %' },
  { p: 0.999, field: 'p999', label: '99.9 %' },
] as const;

/** Places beyond the marks, labelled where the spectrum reaches them. */
const BEYOND = [
  { p: 0.9999, label: '99.99 %' },
  { p: 0.99999, label: '99.999 %' },
];

const LABELS = [{ p: 0, label: '0 %' }, ...MARKS, ...BEYOND];
const AXIS_LABEL = `${LABELS.map(({ p, label }) => `datum.value == ${place(p)} ? "${label}"`).join(' : ')} : ""`;

/**
 * Response time over the share of requests that were at least so fast, on the scale 1/(1−p), of some variants; at the
 * marks of which every trial gives a value, how far the trials lie apart.
 * The axes hold all variants of the summary, so that several such charts can be compared.
 */
export function spectrumChart(
  summary: Summary,
  variants: readonly VariantSummary[],
  heading: string,
  widths: readonly number[],
): Chart | undefined {
  const lines = linesOf(summary, variants);
  const all = linesOf(summary, summary.variants);
  const axis = logAxis(all.map(({ ns }) => ns));
  if (lines.length === 0 || axis === undefined) return undefined;
  const kind = spreadKind(summary);
  const within = (ns: number): number => Math.min(Math.max(ns, axis.domain[0]), axis.domain[1]);
  const furthest = all.reduce((most, { x }) => Math.max(most, x), 2);
  const points = variants.flatMap((variant, order) =>
    MARKS.flatMap(({ p, field }) => {
      const ns = variant.responseNs[field];
      const drawn = ns !== null && ns >= axis.domain[0] && ns <= axis.domain[1] && place(p) <= furthest;
      if (!drawn) return [];
      const { from, to } = spreadOf(trialsAt(variant, field), kind) ?? { from: ns, to: ns };
      return [{ x: place(p), ns, order, look: lookOf(summary, variant), from: within(from), to: within(to) }];
    }),
  );
  return {
    label: `Response time by share of requests. ${variants.slice(0, 4).map(finding).join('; ')}.`,
    heading,
    widths,
    spec: (width) => ({
      height: width > 600 ? 340 : 240,
      margins: { left: 64, right: 10, top: 8, bottom: 26 },
      layer: [
        {
          data: { values: points },
          mark: { type: 'rule', strokeWidth: 9, opacity: PALE },
          encoding: { y: { field: 'from', type: 'quantitative' }, y2: { field: 'to' }, color: LOOK.color },
        },
        { data: { values: lines }, mark: { type: 'line', strokeWidth: 2, interpolate: 'linear' }, encoding: LINE },
        { data: { values: points }, mark: { type: 'point', filled: true, size: 60, opacity: 1 }, encoding: LOOK },
      ],
      encoding: {
        x: {
          field: 'x',
          type: 'quantitative',
          title: null,
          scale: { type: 'log', domain: [1, furthest], nice: false },
          axis: { values: labels(width).map(({ p }) => place(p)), labelExpr: AXIS_LABEL },
        },
        y: onLogAxis('ns', axis, TIME_LABEL),
      },
    }),
  };
}

/** Of every trial, where it is told. */
function trialsAt({ perTrial }: VariantSummary, field: (typeof MARKS)[number]['field']): readonly number[] {
  return field === 'p999' ? [] : perTrial.flatMap((trial) => trial[field] ?? []);
}

function linesOf(summary: Summary, variants: readonly VariantSummary[]) {
  return variants.flatMap((variant, order) =>
    variant.spectrum
      .filter(({ fraction, ns }) => fraction >= 0 && fraction < 1 && ns > 0)
      .map(({ fraction, ns }) => ({ x: place(fraction), ns, order, look: lookOf(summary, variant) })),
  );
}

/** A phone has room for the marks alone. */
function labels(width: number): readonly { readonly p: number }[] {
  return width > 600 ? LABELS : MARKS;
}

/** Rounded, since 1/(1−0.9) is 10.000000000000002 and would miss its label. */
function place(fraction: number): number {
  return Number((1 / (1 - fraction)).toPrecision(12));
}

function finding(variant: VariantSummary): string {
  const quantiles = MARKS.flatMap(({ field, label }) => {
    const ns = variant.responseNs[field];
    return ns === null ? [] : [`${label} within ${figure(ns, 'ns')}`];
  });
  return `${nameOf(variant)}: ${quantiles.join(', ')}`;
}
