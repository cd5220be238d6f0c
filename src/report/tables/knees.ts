import type { KneePoint, KneeSummary, Summary } from '../../summary/index.ts';
import { count, figure, millis, percent, rate, ratio, time } from '../figures.ts';
import { type Cell, marked, numbers, type Table, value, words } from '../table.ts';
import { visible } from '../visible.ts';

/** The knee of every variant; undefined where none was looked for. */
export function kneesTable({ knees, kneeRatios = [] }: Summary): Table | undefined {
  const [first] = knees ?? [];
  if (knees === undefined || first === undefined) return undefined;
  const differing = kneeRatios.length > 0;
  return {
    caption: `Knee: the highest rate that holds ${visible(first.slo, 200)}, with its 95 % credible interval`,
    columns: [
      words('Variant'),
      numbers('Knee'),
      numbers('From'),
      numbers('To'),
      ...(differing ? [numbers('Against its baseline', { short: 'Ratio' })] : []),
      numbers('Trials'),
      words('Interval is'),
    ],
    rows: knees.map((knee) => [
      { text: visible(knee.variant, 80) },
      ...(['estimate', 'lower', 'upper'] as const).map((end) => rateCell(knee, end)),
      ...(differing ? [ratioCell(knee, kneeRatios)] : []),
      { text: count(knee.points.length) },
      marked(knee.known && knee.place === 'within' ? NARROW : { ...WIDE, word: WIDE_WORDS[knee.place ?? 'within'] }),
    ]),
  };
}

const NARROW = { symbol: '✓', word: 'narrow enough', tone: 'good' } as const;
const WIDE = { symbol: '?', tone: 'unsure' } as const;
const WIDE_WORDS = { within: 'wider than wished', above: 'open above', below: 'open below' } as const;

function rateCell({ rate, reason }: KneeSummary, end: 'estimate' | 'lower' | 'upper'): Cell {
  return value(rate?.[end] ?? null, round, reason);
}

function ratioCell({ variant }: KneeSummary, ratios: NonNullable<Summary['kneeRatios']>): Cell {
  const found = ratios.find(({ candidate }) => candidate === variant);
  if (found === undefined)
    return { text: '–', note: 'it is the baseline, or one of the two knees lies beyond the range' };
  const { estimate, lower, upper } = found.ratio;
  return { text: ratio(estimate), detail: `${ratio(lower)} to ${ratio(upper)}` };
}

/** A search knows no more than three digits. */
function round(rate: number): string {
  return figure(Number(rate.toPrecision(3)), '1/s');
}

/** Most rows; summary.json has all. */
const MOST_ROWS = 300;

/** Every sound trial of the search; undefined where there was none. */
export function kneeTrialsTable({ knees = [] }: Summary): Table | undefined {
  const points = knees.flatMap(({ variant, points: own }) => own.map((point) => ({ variant, point })));
  if (points.length === 0 || points.length > MOST_ROWS) return undefined;
  return {
    caption: 'Every trial of the search that was not vetoed, by variant and round',
    columns: [
      words('Variant'),
      ...['Round', 'Offered', 'Achieved', 'p50'].map((title) => numbers(title)),
      numbers('Quantile of the limit'),
      ...['Failed', 'CPU per 1,000 requests', 'Release lag p99'].map((title) => numbers(title)),
      words('Limit'),
    ],
    rows: points.map(({ variant, point }) => row(variant, point)),
  };
}

function row(variant: string, point: KneePoint): readonly Cell[] {
  const failing = 'so many requests failed that it is one of them';
  return [
    { text: visible(variant, 80) },
    { text: count(point.block + 1) },
    { text: figure(point.rate, '1/s') },
    value(point.achievedRate, rate, 'the trial has no one-second intervals'),
    value(point.p50, time, failing),
    value(point.latencyNs, time, failing),
    { text: point.errors === 0 ? '0' : percent(point.errors / Math.max(1, point.requests)) },
    value(point.cpuMsPer1k, millis, 'no request was answered within the measurement'),
    value(point.releaseLagP99, time, 'no request was released'),
    marked(point.held ? HELD : { ...MISSED, word: point.overloaded ? 'overloaded' : 'not held' }),
  ];
}

const HELD = { symbol: '✓', word: 'held', tone: 'good' } as const;
const MISSED = { symbol: '✕', tone: 'bad' } as const;
