import { ratio } from '../figures.ts';
import type { Marked, Tone } from '../words.ts';
import { ticksFor } from './axes.ts';
import { namesBeside } from './beside.ts';
import { type Chart, FULL, PHONE } from './chart.ts';
import type { ChartSpec } from './draw.ts';
import { at, MOST_ROWS, rowSpec } from './rows.ts';

/** Longest name that stands beside its row; with a longer one all names stand above. */
const LONGEST_BESIDE = 44;
/** Room for a row's ratio and its conclusion. */
const VALUES = 190;
/** A factor on both sides of 1 that is always drawn, and the most that is: beyond it an interval ends at the edge. */
const LEAST_SPAN = 1.05;
const MOST_SPAN = 100;

/** A ratio candidate / baseline with what was concluded from it. */
export interface RatioRow {
  readonly name: string;
  /** Null where there is none to draw. */
  readonly ratio: { readonly estimate: number; readonly lower: number; readonly upper: number } | null;
  readonly tolerance: number;
  readonly mark: Marked;
}

/** Ratios with their intervals, one row each, against 1 and each row's own band of tolerance; undefined without any. */
export function ratiosChart(all: readonly RatioRow[], heading: string): Chart | undefined {
  const rows = all.slice(0, MOST_ROWS);
  const drawn = rows.flatMap(({ ratio: found, tolerance, mark }, row) =>
    found !== null && [found.lower, found.estimate, found.upper].every((value) => value > 0 && Number.isFinite(value))
      ? [{ ...found, tolerance, tone: mark.tone, row }]
      : [],
  );
  if (drawn.length === 0) return undefined;
  const span = spanOf(drawn);
  const texts = rows.map(({ name, ratio: found, mark }) => ({
    name,
    value: `${found === null ? '' : `${ratio(found.estimate)}  `}${mark.symbol} ${mark.word}`,
  }));
  return {
    label: `${heading}. ${texts.map(({ name, value }) => `${name}: ${value}`).join('; ')}.`,
    heading,
    widths: [FULL, PHONE],
    spec: (width) => {
      const beside = width > PHONE && texts.every(({ name }) => name.length <= LONGEST_BESIDE);
      const layers = layersOf(drawn, span, (row) => (beside ? row : at(row)));
      return beside
        ? namesBeside(texts, width, VALUES, (inner) => ratioAxis(span, inner), layers)
        : rowSpec(
            texts.map(({ name, value }) => ({ label: `${value}   ${name}` })),
            width,
            ratioAxis(span, width),
            layers,
          );
    },
  };
}

interface Drawn {
  readonly estimate: number;
  readonly lower: number;
  readonly upper: number;
  readonly tolerance: number;
  readonly tone: Tone;
  readonly row: number;
}

/** The factor by which the axis leads away from 1, to both sides alike: equally much better and worse look alike. */
function spanOf(drawn: readonly Drawn[]): number {
  const factors = drawn.flatMap(({ lower, upper, tolerance }) => [
    1.2 * (tolerance + 1) - 0.2,
    Math.max(lower, 1 / lower),
    Math.max(upper, 1 / upper),
  ]);
  return Math.min(MOST_SPAN, 1.02 * factors.reduce((most, factor) => Math.max(most, factor), LEAST_SPAN));
}

/** Half the height of a band, in rows. */
const BAND = 0.42;

function layersOf(drawn: readonly Drawn[], span: number, place: (row: number) => number): ChartSpec['layer'] {
  const within = (value: number): number => Math.min(span, Math.max(1 / span, value));
  const values = drawn.map(({ estimate, lower, upper, tolerance, tone, row }) => ({
    x: within(estimate),
    from: within(lower),
    to: within(upper),
    least: within(1 / (1 + tolerance)),
    most: within(1 + tolerance),
    y: place(row),
    above: place(row) - BAND,
    below: place(row) + BAND,
    tone,
  }));
  return [
    {
      data: { values },
      mark: { type: 'rect', fill: 'var(--same-paper)' },
      encoding: {
        x: { field: 'least', type: 'quantitative' },
        x2: { field: 'most' },
        y: { field: 'above', type: 'quantitative' },
        y2: { field: 'below' },
      },
    },
    {
      data: { values: [{ x: 1 }] },
      mark: { type: 'rule', stroke: 'var(--ink)', strokeWidth: 1 },
      encoding: { y: { value: 0 }, y2: { value: 'height' } },
    },
    {
      data: { values },
      mark: { type: 'rule', strokeWidth: 2.5 },
      encoding: { x: { field: 'from', type: 'quantitative' }, x2: { field: 'to' }, color: TONE.color },
    },
    { data: { values }, mark: { type: 'point', filled: true, size: 80, opacity: 1 }, encoding: TONE },
  ];
}

const TONES: Tone[] = ['good', 'bad', 'same', 'unsure'];

/** Tones by colour and by shape. */
const TONE = {
  color: {
    field: 'tone',
    type: 'nominal',
    scale: { domain: TONES, range: TONES.map((tone) => `var(--${tone})`) },
    legend: null,
  },
  shape: {
    field: 'tone',
    type: 'nominal',
    scale: { domain: TONES, range: ['circle', 'triangle-up', 'square', 'diamond'] },
    legend: null,
  },
} as const;

function ratioAxis(span: number, width: number) {
  return {
    field: 'x',
    type: 'quantitative' as const,
    title: null,
    scale: { type: 'log' as const, domain: [1 / span, span], nice: false },
    axis: { labelExpr: '"×" + format(datum.value, ".3~r")', values: ticksOf(span, width) },
  };
}

/** Steps of a factor away from 1 that fit, from fine to coarse. */
const STEPS: readonly (readonly number[])[] = [
  [1.01, 1.02, 1.03, 1.04],
  [1.02, 1.04, 1.06, 1.08],
  [1.05, 1.1, 1.15, 1.2],
  [1.1, 1.2, 1.3, 1.4],
  [1.25, 1.5, 1.75, 2],
  [1.5, 2, 3, 4],
  [2, 5, 10, 20],
  [10, 100],
];

function ticksOf(span: number, width: number): number[] {
  const most = ticksFor(width) > 3 ? 3 : 2;
  const steps = STEPS.find((factors) => (factors[most] ?? 0) >= span) ?? STEPS.at(-1) ?? [];
  const above = steps.filter((factor) => factor <= span);
  return [...above.map((factor) => 1 / factor).reverse(), 1, ...above];
}
