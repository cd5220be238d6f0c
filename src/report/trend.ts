import type { HistoryEntry, Trend } from '../verdict/index.ts';
import { nightsChart } from './charts/nights.ts';
import { count, figure, instant, plain, ratio } from './figures.ts';
import { GATE_VERDICTS } from './gate.ts';
import type { Figure } from './html/figure.ts';
import { NOTHING } from './html/template.ts';
import type { Paper } from './paper/index.ts';
import { marked, numbers, type Table, words } from './table.ts';
import { visible } from './visible.ts';
import { metricName } from './words.ts';

/** Nights that the table of nights shows. */
const MOST_NIGHTS = 60;

/** What is drawn of a history. */
export interface TrendInput {
  readonly entries: readonly HistoryEntry[];
  readonly damaged: number;
  readonly trends: readonly Trend[];
  /** Nights of other machines, arms, scenarios or load, and invalid ones. */
  readonly others: number;
}

/** The nights of a gate, for every format. */
export function trendPaper({ entries, damaged, trends, others }: TrendInput): Paper {
  const last = entries.at(-1);
  const changes = trends.flatMap(({ metric, changes: found }) => found.map((change) => ({ metric, ...change })));
  return {
    kind: `history · ${visible(last?.scenario ?? '', 80)}`,
    title: 'Did the level change over the nights?',
    answer:
      changes.length === 0
        ? 'No change of level was found.'
        : `${changes.length === 1 ? 'One change' : `${changes.length} changes`} of level: ${changes
            .slice(0, 3)
            .map(
              ({ metric, ratio: by, endedAt }) =>
                `${metricName(visible(metric, 80))} ${ratio(by)} from ${instant(visible(endedAt, 40))}`,
            )
            .join('; ')}.`,
    verdict: undefined,
    notices: [],
    facts: [
      `${count(entries.length)} nights`,
      `${count(others)} of other machines, arms or load, or invalid: not compared`,
    ],
    doubts: [
      ...(damaged === 0 ? [] : [`${count(damaged)} lines of the history could not be read and were left out.`]),
      'Values of different nights have the weather of each night in them; only a gate compares arms. A change of level is a hint where to look, never a failure.',
    ],
    sections: [
      {
        id: 'results',
        title: 'Changes of level',
        paragraphs: [],
        tables: [changesTable(changes), levelsTable(trends)],
        figures: trends.length === 0 ? [] : [nightsFigure(trends)],
      },
      { id: 'nights', title: 'The nights', paragraphs: [], tables: [nightsTable(entries)] },
      {
        id: 'reading',
        title: 'How to read this',
        paragraphs: [
          'The last 50 valid nights of the same machine, arms and load are split where both sides differ most by their ranks, if less than one in a thousand random orders of the same nights has as good a split; each side is then looked at again. A change needs five nights on either side.',
          'The revisions are those of the last night before and the first night after the change.',
        ],
        tables: [],
      },
    ],
    whole: 'the history file',
    foot: 'Made by meshbench from its history alone. All times are in UTC.',
  };
}

/** Metrics that are drawn. */
const MOST_DRAWN = 8;

function nightsFigure(trends: readonly Trend[]): Figure {
  return {
    title: 'The candidate, night by night',
    reading:
      'One mark per night; the level line is the median between two changes. Dashed upright lines are where a level begins. The scale does not begin at zero.',
    legend: NOTHING,
    charts: trends.slice(0, MOST_DRAWN).flatMap(({ metric, series, changes }) => {
      const points = series.map(({ endedAt, value }) => ({ at: Date.parse(endedAt), value }));
      const name = metricName(visible(metric, 80));
      const found = changes.length === 0 ? 'no change of level' : `${changes.length} changes of level`;
      const starts = changes.map(({ endedAt }) => Date.parse(endedAt));
      return nightsChart({ metric, points, changes: starts }, name, `${series.length} nights, ${found}.`) ?? [];
    }),
    absent: 'Two nights are the fewest that can be drawn.',
  };
}

function size(metric: string, value: number): string {
  if (metric.includes('Ns.')) return figure(value, 'ns');
  if (metric === 'cpuMsPer1k') return figure(value, 'ms');
  return metric === 'rssBytes' ? figure(value, 'B') : plain(value);
}

function changesTable(changes: readonly (Trend['changes'][number] & { readonly metric: string })[]): Table {
  return {
    caption: 'Where the level of the candidate changed',
    columns: [words('Metric'), words('From'), numbers('New level'), numbers('p'), words('Revisions')],
    rows: changes.map(({ metric, endedAt, ratio: by, p, after, until }) => [
      { text: metricName(visible(metric, 80)) },
      { text: instant(visible(endedAt, 40)) },
      { text: ratio(by) },
      { text: p.toFixed(4) },
      { text: `${visible(after ?? 'unknown', 40)} … ${visible(until ?? 'unknown', 40)}` },
    ]),
  };
}

function levelsTable(trends: readonly Trend[]): Table {
  return {
    caption: 'The candidate over the nights',
    columns: [
      words('Metric'),
      numbers('Nights'),
      numbers('First'),
      numbers('Last'),
      numbers('Lowest'),
      numbers('Highest'),
    ],
    rows: trends.map(({ metric, series }) => {
      const values = series.map(({ value }) => value);
      const cell = (value: number | undefined) =>
        value === undefined ? { text: '–', note: 'no night' } : { text: size(metric, value) };
      const lowest = values.length === 0 ? undefined : values.reduce((least, value) => Math.min(least, value));
      const highest = values.length === 0 ? undefined : values.reduce((most, value) => Math.max(most, value));
      return [
        { text: metricName(visible(metric, 80)) },
        { text: count(values.length) },
        cell(values[0]),
        cell(values.at(-1)),
        cell(lowest),
        cell(highest),
      ];
    }),
  };
}

function nightsTable(entries: readonly HistoryEntry[]): Table {
  return {
    caption: `The last ${MOST_NIGHTS} nights, newest first`,
    columns: [words('Night'), words('Candidate'), words('Baseline'), words('Verdict'), words('Revision')],
    rows: entries
      .slice(-MOST_NIGHTS)
      .toReversed()
      .map(({ endedAt, candidate, baseline, verdict, revision }) => [
        { text: instant(visible(endedAt, 40)) },
        { text: visible(candidate, 120) },
        { text: visible(baseline, 120) },
        marked(GATE_VERDICTS[verdict]),
        revision === null ? { text: '–', note: 'not a Git checkout' } : { text: visible(revision, 40) },
      ]),
  };
}
