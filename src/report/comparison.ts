import type { ComparedRun, FieldDifference, RecordComparison, RunComparison } from '../compare/index.ts';
import { type RatioRow, ratiosChart } from './charts/ratios.ts';
import { count, figure, instant, percent, ratio, signed } from './figures.ts';
import type { Figure } from './html/figure.ts';
import { NOTHING } from './html/template.ts';
import type { Paper } from './paper/index.ts';
import { type Cell, marked, numbers, reasonOf, type Table, value, words } from './table.ts';
import { visible } from './visible.ts';
import { CONCLUSIONS, metricName } from './words.ts';

/** Longest label that tables print. */
const LABEL = 120;
/** Findings that the answer names. */
const MOST_NAMED = 3;

/** What a comparison of records says, for every format. */
export function comparisonPaper(comparison: RecordComparison): Paper {
  const { runs, plan, fingerprint, unshared } = comparison;
  const [first, ...others] = runs;
  return {
    kind: 'comparison of runs',
    title: `${others.map(({ label }) => visible(label, LABEL)).join(', ')} against ${visible(first?.label ?? '', LABEL)}`,
    answer: answer(comparison),
    verdict: undefined,
    notices: runs
      .filter(({ notComparable }) => notComparable.length > 0)
      .map(
        ({ label }) =>
          `${visible(label, LABEL)} is not comparable with the first run: it is shown, without conclusions.`,
      ),
    facts: [`tolerance ${percent(comparison.tolerance)}`, 'trials of different runs are not paired'],
    doubts: comparison.doubts,
    sections: [
      {
        id: 'results',
        title: 'Results',
        paragraphs: [],
        tables: others.flatMap((_, index) => resultTables(comparison, index + 1)),
        figures: others.map((_, index) => ratiosFigure(comparison, index + 1)),
      },
      {
        id: 'runs',
        title: 'The runs',
        paragraphs: [],
        tables: [runsTable(runs), unsharedTable(unshared)],
      },
      {
        id: 'differences',
        title: 'What differs',
        paragraphs: plan.length + fingerprint.length === 0 ? ['Plan and fingerprint are the same.'] : [],
        tables: [
          differencesTable('The plans differ in', plan, runs),
          differencesTable('The fingerprints differ in', fingerprint, runs),
        ],
      },
      { id: 'reading', title: 'How to read this', paragraphs: READING, tables: [] },
    ],
    whole: 'comparison.json',
    foot: 'Made by meshbench from the records alone. All times are in UTC.',
  };
}

const READING = [
  'Every trial of one run is set against every trial of the other: the estimate is the median of these differences (Hodges–Lehmann), its interval that of the exact Mann–Whitney test, which asks nothing of the shape of the noise. Trials of different runs share no block and no minute, so they are not paired.',
  '“Added” is what a variant adds to the baseline of its own run, block by block; a machine that was slower as a whole on one day cancels out of it.',
  'Worse and better: the whole interval of the ratio lies on one side of 1. Equivalent: it lies within the tolerance. The smallest detectable effect is what these trials would have found with 80 % probability.',
];

function answer({ comparisons, tolerance }: RecordComparison): string {
  const told = comparisons.filter(({ conclusion }) => conclusion === 'worse' || conclusion === 'better');
  const named = told.slice(0, MOST_NAMED).map(finding);
  const rest = told.length - named.length;
  if (told.length > 0) return `${named.join('; ')}${rest > 0 ? `; and ${rest} more` : ''}.`;
  if (comparisons.length === 0) return 'The runs have no variant in common: there is nothing to compare.';
  const same = comparisons.filter(({ conclusion }) => conclusion === 'equivalent').length;
  if (same === comparisons.length) return `No difference beyond the tolerance of ${percent(tolerance)} in anything.`;
  return `No difference was found: ${same} of ${comparisons.length} comparisons are equivalent, of the others these trials cannot tell.`;
}

function finding(one: RunComparison): string {
  const { ratio: found } = one;
  const size = found === null ? '' : ` ${ratio(found.estimate)} (${ratio(found.lower)} to ${ratio(found.upper)})`;
  return `${subject(one)} is ${CONCLUSIONS[one.conclusion].word},${size}`;
}

function subject({ variant, metric, what }: RunComparison): string {
  return `${visible(variant, LABEL)}: ${metricName(metric)}${what === 'added' ? ' added to its baseline' : ''}`;
}

/** What is drawn of every variant; the tables hold all metrics. */
const DRAWN = ['responseNs.p50', 'responseNs.p99', 'cpuMsPer1k'];

function ratiosFigure({ comparisons, runs, tolerance }: RecordComparison, run: number): Figure {
  const drawn = comparisons.filter((one) => one.run === run && DRAWN.includes(one.metric));
  const rows = (what: RunComparison['what']): readonly RatioRow[] =>
    drawn
      .filter((one) => one.what === what)
      .map(({ variant, metric, ratio: found, conclusion }) => ({
        name: `${visible(variant, 40)}: ${metricName(metric)}`,
        ratio: found,
        tolerance,
        mark: CONCLUSIONS[conclusion],
      }));
  return {
    title: `${visible(runs[run]?.label ?? '', LABEL)} / ${visible(runs[0]?.label ?? '', LABEL)}`,
    reading:
      'Ratios with their exact intervals, on a logarithmic scale: right of the line there is more of it. The band is the tolerance. Where both charts agree there is something; where they do not, it was the hour.',
    legend: NOTHING,
    charts: [
      ratiosChart(rows('value'), 'Each metric'),
      ratiosChart(rows('added'), 'What each variant adds to its own baseline'),
    ].flatMap((chart) => chart ?? []),
    absent: 'There is no ratio to draw.',
  };
}

function resultTables({ comparisons, runs }: RecordComparison, run: number): readonly Table[] {
  const label = visible(runs[run]?.label ?? '', LABEL);
  const first = visible(runs[0]?.label ?? '', LABEL);
  return (['value', 'added'] as const).map((what) => ({
    caption:
      what === 'value'
        ? `${label} against ${first}: each metric`
        : `${label} against ${first}: what each variant adds to its own baseline`,
    columns: [
      words('Variant'),
      words('Metric'),
      numbers('Before', { extra: true }),
      numbers('After', { extra: true }),
      numbers('Difference'),
      numbers('Ratio'),
      numbers('Trials', { extra: true }),
      numbers('Smallest detectable', { short: 'Detectable' }),
      words('Conclusion'),
    ],
    rows: comparisons.filter((one) => one.run === run && one.what === what).map(resultRow),
  }));
}

function resultRow(one: RunComparison): readonly Cell[] {
  const print = (size: number): string => (one.what === 'added' ? signed(size, one.unit) : figure(size, one.unit));
  const conclusion = marked(CONCLUSIONS[one.conclusion]);
  const note = one.reasons['conclusion'];
  const { confidence } = one;
  return [
    { text: visible(one.variant, LABEL) },
    { text: metricName(one.metric) },
    value(one.from, print, 'not measured'),
    value(one.to, print, 'not measured'),
    estimated(one, 'difference', (size) => signed(size, one.unit)),
    estimated(one, 'ratio', ratio),
    { text: one.n.join(' and '), ...(confidence === null ? {} : { detail: percent(confidence) }) },
    value(one.detectable, percent, one.reasons, 'detectable'),
    note === undefined ? conclusion : { ...conclusion, note },
  ];
}

function estimated(one: RunComparison, field: 'ratio' | 'difference', print: (size: number) => string): Cell {
  const bounds = one[field];
  if (bounds === null) return { text: '–', note: reasonOf(one.reasons, field) };
  return { text: print(bounds.estimate), detail: `${print(bounds.lower)} to ${print(bounds.upper)}` };
}

function runsTable(runs: readonly ComparedRun[]): Table {
  return {
    caption: 'The runs, the first being what the others are compared with',
    columns: [
      words('Run'),
      words('Scenario'),
      words('Started'),
      words('Runtime'),
      numbers('Blocks'),
      words('Comparable'),
    ],
    rows: runs.map((run, index) => [
      { text: visible(run.label, LABEL), detail: visible(run.runId, 80) },
      { text: visible(run.scenario, 80) },
      { text: instant(visible(run.startedAt, 40)) },
      { text: visible(run.runtime, 40) },
      {
        text: count(run.blocks.measured),
        detail: `${count(run.trials.vetoed)} vetoed, ${run.ended}`,
      },
      run.notComparable.length === 0
        ? { text: index === 0 ? 'the first' : 'yes' }
        : { text: 'no', detail: run.notComparable.slice(0, 3).join('; '), tone: 'unsure' },
    ]),
  };
}

function unsharedTable(unshared: RecordComparison['unshared']): Table {
  return {
    caption: 'Variants that not every run has',
    columns: [words('Variant'), words('Measured in')],
    rows: unshared.map(({ variant, runs }) => [{ text: visible(variant, LABEL) }, { text: runs.join(', ') }]),
  };
}

function differencesTable(
  caption: string,
  differences: readonly FieldDifference[],
  runs: readonly ComparedRun[],
): Table {
  return {
    caption,
    columns: [words('Field'), ...runs.map(({ label }) => words(visible(label, LABEL)))],
    rows: differences.map(({ field, values }) => [
      { text: visible(field, LABEL) },
      ...values.map((text): Cell => (text === null ? { text: '–', note: 'not there' } : { text: visible(text, 300) })),
    ]),
  };
}
