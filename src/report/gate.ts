import type { ArmDescription, Finding, GateDocument, GateVerdict, Stage } from '../verdict/index.ts';
import { type RatioRow, ratiosChart } from './charts/ratios.ts';
import { count, figure, instant, percent, plain, ratio } from './figures.ts';
import type { Figure } from './html/figure.ts';
import { NOTHING } from './html/template.ts';
import type { Paper } from './paper/index.ts';
import { type Cell, marked, numbers, type Table, words } from './table.ts';
import { visible } from './visible.ts';
import { type Marked, metricName } from './words.ts';

/** Verdicts of gates in words. */
export const GATE_VERDICTS: Readonly<Record<GateVerdict, Marked>> = {
  pass: { symbol: '✓', word: 'pass', tone: 'good' },
  regression: { symbol: '✕', word: 'regression', tone: 'bad' },
  inconclusive: { symbol: '?', word: 'inconclusive', tone: 'unsure' },
  invalid: { symbol: '!', word: 'invalid', tone: 'bad' },
  failed: { symbol: '✕', word: 'failed', tone: 'bad' },
  interrupted: { symbol: '!', word: 'interrupted', tone: 'unsure' },
};

const STATES: Readonly<Record<Finding['state'], Marked>> = {
  pass: { symbol: '✓', word: 'pass', tone: 'good' },
  regression: { symbol: '✕', word: 'worse', tone: 'bad' },
  open: { symbol: '?', word: 'open', tone: 'unsure' },
};

/** Longest name that tables print. */
const NAME = 120;

/** What a gate's verdict says, for every format. */
export function gatePaper(gate: GateDocument): Paper {
  const { first, confirm, arms, policy } = gate;
  return {
    kind: `gate · ${visible(gate.scenario, 80)}`,
    title: `${visible(arms.candidate.asked, NAME)} against ${visible(arms.baseline.asked, NAME)}`,
    answer: answer(gate),
    verdict: { mark: GATE_VERDICTS[gate.verdict], reasons: gate.reasons },
    notices: [],
    facts: [
      ...stages(gate).map(
        ([name, { blocks, trials }]) =>
          `${name}: ${count(blocks.measured)} blocks, ${count(trials.vetoed)} of ${count(trials.measured)} trials vetoed`,
      ),
      `looks at ${policy.looks.map(({ blocks }) => blocks).join(', ')} blocks`,
      instant(visible(gate.startedAt, 40)),
    ],
    doubts: gate.doubts,
    sections: [
      {
        id: 'results',
        title: 'Results',
        paragraphs: [],
        tables: [
          stageTable('Gated, first run', first.decision?.findings ?? []),
          ...(confirm === null ? [] : [stageTable('Gated, confirming run', confirm.decision?.findings ?? [])]),
          stageTable('Watched, not gated', first.watched),
        ],
        figures: [ratiosFigure(gate)],
      },
      { id: 'arms', title: 'The arms', paragraphs: [], tables: [armsTable(gate), runsTable(gate)] },
      { id: 'machine', title: 'The machine', paragraphs: [], tables: [fingerprintTable(gate)], aside: true },
      { id: 'reading', title: 'How to read this', paragraphs: READING, tables: [] },
    ],
    whole: 'gate.json',
    foot: 'Made by meshbench from the records of the runs that are named above. All times are in UTC.',
  };
}

const READING = [
  'Both arms were measured in one run, in blocks of one trial each with fresh processes, in an order drawn anew. A block gives one ratio; the estimate is that of Hodges and Lehmann, the interval and the probabilities are exact (signed ranks).',
  'Worse: such data have a probability under the error budget of the look without a change (Holm over all gated metrics), the estimate is above the tolerance and the difference above the guard. Pass: certainly not as bad as the tolerance. Open: neither.',
  'The gate looks at fixed numbers of blocks and ends at the first look that decides. The error budget of 5 % is split over the looks. What is found worse is measured once more, and only what is worse again is a regression.',
  'Noise above the tolerance makes a gate inconclusive; the tolerance is never widened.',
];

function answer({ verdict, first, confirm, arms }: GateDocument): string {
  const findings = (confirm ?? first).decision?.findings ?? first.decision?.findings ?? [];
  const told =
    verdict === 'regression'
      ? findings.filter(({ state }) => state === 'regression')
      : findings.filter(({ scale }) => scale === 'ratio');
  const sizes = told.slice(0, 3).map((finding) => `${metricName(finding.metric)} ${effectText(finding)}`);
  const said = sizes.length === 0 ? '' : `: ${sizes.join('; ')}`;
  switch (verdict) {
    case 'pass':
      return `Nothing got worse by more than the tolerance${said}.`;
    case 'regression':
      return `The candidate is worse than the baseline, found twice${said}.`;
    case 'inconclusive':
      return `These blocks cannot tell whether the candidate is worse${said}.`;
    case 'invalid':
      return 'The machine was too disturbed to measure; nothing is concluded.';
    case 'failed':
      return `The gate ended because a component failed; the candidate was ${visible(arms.candidate.asked, NAME)}.`;
    case 'interrupted':
      return 'The gate was interrupted; nothing is concluded.';
  }
}

function stages({ first, confirm }: GateDocument): readonly (readonly [string, Stage])[] {
  return [['first run', first], ...(confirm === null ? [] : [['confirming run', confirm] as const])];
}

/** The ratios of both stages, and of what is watched, before their tables. */
function ratiosFigure(gate: GateDocument): Figure {
  const watched = gate.first.watched.map((finding) => ({ ...ratioRow(finding), mark: WATCHED }));
  return {
    title: 'Candidate / baseline',
    reading:
      'Estimates with their exact 95 % intervals, on a logarithmic scale: right of the line the candidate is worse. The band of a row is its tolerance. A pass lies certainly left of the band’s right edge; a regression lies beyond it.',
    legend: NOTHING,
    charts: [
      ...stages(gate).map(([name, { decision }]) =>
        ratiosChart((decision?.findings ?? []).filter(isRatio).map(ratioRow), name),
      ),
      ratiosChart(watched, 'watched, not gated'),
    ].flatMap((chart) => chart ?? []),
    absent: 'There is nothing to draw: no look was reached.',
  };
}

const WATCHED: Marked = { symbol: '·', word: 'watched', tone: 'same' };

function isRatio({ scale }: Finding): boolean {
  return scale === 'ratio';
}

function ratioRow({ metric, effect, tolerance, state }: Finding): RatioRow {
  const found =
    effect === null || effect.lower === null || effect.upper === null
      ? null
      : { estimate: effect.estimate, lower: effect.lower, upper: effect.upper };
  return { name: metricName(visible(metric, 80)), ratio: found, tolerance, mark: STATES[state] };
}

function stageTable(caption: string, findings: readonly Finding[]): Table {
  return {
    caption,
    columns: [
      words('Metric'),
      numbers('Baseline', { extra: true }),
      numbers('Candidate', { extra: true }),
      numbers('Effect'),
      numbers('Tolerance'),
      numbers('Blocks', { extra: true }),
      numbers('Smallest detectable', { short: 'Detectable' }),
      words('State'),
      words('Why', { extra: true }),
    ],
    rows: findings.map(findingRow),
  };
}

function findingRow(finding: Finding): readonly Cell[] {
  const { metric, scale, tolerance, effect, n, missing, detectable, baseline, candidate, why } = finding;
  const print = (size: number | null): Cell =>
    size === null ? { text: '–', note: 'not measured' } : { text: sizeText(metric, size) };
  const asShare = scale === 'share' ? `+${percent(tolerance)}` : percent(tolerance);
  return [
    { text: metricName(visible(metric, NAME)) },
    print(baseline),
    print(candidate),
    effect === null ? { text: '–', note: 'not measured' } : effectCell(finding),
    { text: asShare },
    { text: count(n), ...(missing === 0 ? {} : { detail: `${count(missing)} missing` }) },
    detectable === null ? { text: '–', note: 'needs two blocks' } : { text: percent(detectable) },
    marked(STATES[finding.state]),
    { text: why },
  ];
}

function effectCell(finding: Finding): Cell {
  const { effect } = finding;
  if (effect === null) return { text: '–', note: 'not measured' };
  const print = printer(finding);
  const { lower, upper } = effect;
  if (lower === null || upper === null)
    return { text: print(effect.estimate), note: 'under six blocks there is no interval' };
  return { text: print(effect.estimate), detail: `${print(lower)} to ${print(upper)}` };
}

function effectText(finding: Finding): string {
  const { text, detail } = effectCell(finding);
  return detail === undefined ? text : `${text} (${detail})`;
}

function printer({ scale }: Finding): (value: number) => string {
  if (scale === 'ratio') return ratio;
  return (value) => (value > 0 ? `+${percent(value)}` : value < 0 ? `−${percent(-value)}` : '0 %');
}

/** A value of a metric with its unit, by the metric's name. */
function sizeText(metric: string, size: number): string {
  if (metric === 'errors' || metric === 'shortfall') return percent(size);
  if (metric.includes('Ns.')) return figure(size, 'ns');
  if (metric === 'cpuMsPer1k') return figure(size, 'ms');
  return metric === 'rssBytes' ? figure(size, 'B') : plain(size);
}

function armsTable({ arms }: GateDocument): Table {
  const row = (name: string, arm: ArmDescription): readonly Cell[] => [
    { text: name },
    { text: visible(arm.asked, 300) },
    { text: visible(arm.path, 300) },
    arm.envoy === null ? { text: '–', note: 'it has no sidecar' } : { text: visible(arm.envoy, 200) },
    arm.revision === null ? { text: 'as it is here' } : { text: visible(arm.revision, 100) },
  ];
  return {
    caption: 'What was measured',
    columns: [words('Arm'), words('Asked for'), words('Path'), words('Envoy'), words('Scenario')],
    rows: [row('baseline', arms.baseline), row('candidate', arms.candidate)],
  };
}

function runsTable(gate: GateDocument): Table {
  return {
    caption: 'The runs',
    columns: [words('Stage'), words('Run'), words('Folder'), words('How it ended')],
    rows: stages(gate).map(([name, { runId, folder, ended, endReason }]) => [
      { text: name },
      { text: visible(runId, 80) },
      { text: visible(folder, 300) },
      { text: visible(ended, 40), ...(endReason === '' ? {} : { detail: visible(endReason, 300) }) },
    ]),
  };
}

/** What the results depend on. */
export function fingerprintTable({ fingerprint }: Pick<GateDocument, 'fingerprint'>): Table {
  return {
    caption: 'Fingerprint: results with another one are not comparable',
    columns: [words('Property'), words('Value')],
    rows: Object.entries(fingerprint).map(([field, property]) => [
      { text: visible(field, 80) },
      property === null
        ? { text: '–', note: 'could not be read on this machine' }
        : { text: visible(String(property), 500) },
    ]),
  };
}
