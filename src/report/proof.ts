import {
  BARS,
  type BarResult,
  type LiveGate,
  type PowerRow,
  type ProofDocument,
  type ProofRecord,
} from '../verdict/index.ts';
import { powerChart } from './charts/power.ts';
import { shapeOf, variantColour } from './charts/theme.ts';
import { count, figure, instant, percent, threeOf } from './figures.ts';
import { fingerprintTable, GATE_VERDICTS } from './gate.ts';
import { type Figure, swatch } from './html/figure.ts';
import { legend } from './html/figures.ts';
import type { Paper } from './paper/index.ts';
import { type Cell, marked, numbers, type Table, words } from './table.ts';
import { visible } from './visible.ts';
import { metricName } from './words.ts';

/** What a proof of the gate says, for every format. */
export function proofPaper(proof: ProofDocument): Paper {
  const { aa, live } = proof;
  return {
    kind: `proof of the gate · ${visible(proof.scenario, 80)}`,
    title: 'Does the gate fail for a regression, and for nothing else?',
    answer: answer(proof),
    verdict: undefined,
    notices: lacking(proof),
    facts: [
      `${count(aa.trials)} trials without a difference`,
      `${count(aa.tally.gates)} replayed gates for each`,
      `${count(live.length)} live gates`,
      instant(visible(proof.startedAt, 40)),
    ],
    doubts: DOUBTS,
    sections: [
      {
        id: 'results',
        title: 'Results',
        paragraphs: [],
        tables: [alarmsTable(proof), powerTable(proof), liveTable(live)],
        figures: [powerFigure(proof)],
      },
      { id: 'records', title: 'The records', paragraphs: [], tables: [recordsTable(proof)] },
      { id: 'machine', title: 'The machine', paragraphs: [], tables: [fingerprintTable(proof)], aside: true },
    ],
    whole: 'proof.json',
    foot: 'Replayed by meshbench from the records that are named above; the same seed gives the same gates.',
  };
}

const DOUBTS = [
  'Replayed gates draw blocks from one recording of this machine: they know its weather of that hour, and of no other.',
  'Blocks are drawn one by one: what lasts over several blocks of a real gate is broken up.',
];

/** What was asked for and is not there. */
function lacking({ aa, power, live, wanted }: ProofDocument): readonly string[] {
  const least = power.reduce(
    (fewest, { trials }) => Math.min(fewest, trials),
    power.length === 0 ? 0 : Number.MAX_VALUE,
  );
  if (aa.trials >= wanted.aaTrials && least >= wanted.trialsPerEffect) {
    const left = 2 * wanted.live - live.length;
    return [
      ...power.filter((row) => row.result === 'unproven').map(unproven),
      ...(left === 0
        ? []
        : [`${count(left)} of ${count(2 * wanted.live)} live gates were not run, and nothing is proved without them.`]),
    ];
  }
  return [
    `Not all is recorded, and this proves nothing yet: ${count(aa.trials)} of ${count(wanted.aaTrials)} trials without a difference, ` +
      `${count(least)} of ${count(wanted.trialsPerEffect)} of each busy-wait. --from goes on with these records.`,
  ];
}

function unproven({ metric, aimedAt, multiple }: PowerRow): string {
  const did = multiple === null ? 'what it did is not known' : `it was ${threeOf(multiple)} times`;
  return `The busy-wait that was to make ${metricName(visible(metric, 80))} worse by ${aimedAt.multiple} times the tolerance did something else (${did}): its bar is not judged.`;
}

function answer({ aa, live, power }: ProofDocument): string {
  const { regression, gates } = aa.tally;
  const caught = live.filter(({ injected, verdict }) => injected && verdict === 'regression').length;
  const injected = live.filter((gate) => gate.injected).length;
  const failed = live.filter((gate) => !gate.injected && gate.verdict === 'regression').length;
  const worst = power
    .filter(isAimedAt)
    .map(
      (row) =>
        `${metricName(row.metric)} at ${row.aimedAt.multiple} × the tolerance ${share(row.tally.regression, row.tally)}`,
    );
  const said =
    live.length === 0
      ? ''
      : ` Live: ${caught} of ${injected} injected regressions were caught, ${failed} of ${live.length - injected} gates without a difference failed.`;
  return `${regression} of ${count(gates)} replayed gates without a difference failed (at most ${percent(aa.upper)} with 95 % confidence). Detected: ${worst.length === 0 ? 'nothing was replayed' : worst.join(', ')}.${said}`;
}

function share(some: number, { gates }: PowerRow['tally']): string {
  return gates === 0 ? '–' : percent(some / gates);
}

function isAimedAt({ metric, aimedAt }: PowerRow): boolean {
  return metric === aimedAt.metric;
}

function powerFigure({ power, aa }: ProofDocument): Figure {
  const names = [...new Set(power.map(({ metric }) => metric))].slice(0, MOST_CURVES);
  const none = aa.tally.gates > 0 ? [{ multiple: 0, share: aa.tally.regression / aa.tally.gates }] : [];
  const curves = names.map((metric, look) => {
    const own = power.filter((row) => row.metric === metric && row.multiple !== null && row.tally.gates > 0);
    const points = own.map(({ multiple, tally }) => ({
      multiple: multiple ?? 0,
      share: tally.regression / tally.gates,
    }));
    return { name: metricName(visible(metric, 80)), look, points: [...none, ...points] };
  });
  const bars = [...BARS.detection].map(([multiple, least]) => ({ multiple, share: least }));
  const chart = powerChart(curves, bars, answerOfPower(power));
  return {
    title: 'Power',
    reading:
      'How often a replayed gate finds a busy-wait (up), over what it really did to the metric, in tolerances (across); at 0 what gates without a difference find. The short lines are the bars of p50 and processor time.',
    legend: legend(curves.map(({ name, look }) => ({ name, sample: swatch(variantColour(look), shapeOf(look)) }))),
    charts: chart === undefined ? [] : [chart],
    absent: 'There is no power to draw: nothing was replayed.',
  };
}

/** Metrics that are drawn: as many as there are colours. */
const MOST_CURVES = 8;

function answerOfPower(power: readonly PowerRow[]): string {
  return `${power
    .filter(isAimedAt)
    .slice(0, MOST_CURVES)
    .map(
      (row) =>
        `${metricName(visible(row.metric, 80))} at ${row.aimedAt.multiple} tolerances: ${share(row.tally.regression, row.tally)}`,
    )
    .join('; ')}.`;
}

function alarmsTable({ aa }: ProofDocument): Table {
  const { gates, regression, inconclusive, pass } = aa.tally;
  return {
    caption: 'Gates without a difference, replayed',
    columns: [
      numbers('Gates'),
      numbers('Failed'),
      numbers('Inconclusive'),
      numbers('Passed'),
      words('At most 1 % fail'),
    ],
    rows: [
      [
        { text: count(gates) },
        { text: count(regression), detail: `at most ${percent(aa.upper)}` },
        { text: count(inconclusive) },
        { text: count(pass) },
        judged(gates > 0 && regression / gates <= BARS.alarms ? 'kept' : 'missed'),
      ],
    ],
  };
}

const JUDGED: Readonly<Record<BarResult, Cell>> = {
  kept: { text: '✓ kept', tone: 'good' },
  missed: { text: '✕ missed', tone: 'bad' },
  unproven: { text: '? not judged', tone: 'unsure' },
};

function judged(result: BarResult | null): Cell {
  return result === null ? { text: 'none' } : JUDGED[result];
}

function powerTable({ power }: ProofDocument): Table {
  return {
    caption: 'Power: how often a gate on one metric finds a busy-wait in the application',
    columns: [
      words('Metric'),
      numbers('Busy-wait'),
      words('Calibrated for', { extra: true }),
      numbers('Ratio'),
      numbers('× tolerance'),
      numbers('Trials', { extra: true }),
      numbers('Detected'),
      numbers('Passed'),
      numbers('Inconclusive', { extra: true }),
      words('Bar'),
    ],
    rows: power.map((row) => {
      const { metric, aimedAt, workNs, effect, multiple, trials, tally, result } = row;
      return [
        { text: metricName(visible(metric, 80)) },
        Number.isFinite(workNs) ? { text: figure(workNs, 'ns') } : { text: '–', note: 'the record does not say' },
        { text: `${metricName(visible(aimedAt.metric, 80))} × ${aimedAt.multiple}` },
        effect === null
          ? { text: '–', note: 'under six blocks there is no interval' }
          : {
              text: `×${effect.estimate.toFixed(3)}`,
              detail: `×${effect.lower.toFixed(3)} to ×${effect.upper.toFixed(3)}`,
            },
        multiple === null ? { text: '–', note: 'under six blocks there is no interval' } : { text: threeOf(multiple) },
        { text: count(trials) },
        { text: share(tally.regression, tally) },
        { text: share(tally.pass, tally) },
        { text: share(tally.inconclusive, tally) },
        judged(result),
      ];
    }),
  };
}

function liveTable(live: readonly LiveGate[]): Table {
  return {
    caption: 'Gates that were really run',
    columns: [words('Gate'), words('Candidate'), words('Verdict'), numbers('Took')],
    rows: live.map(({ gateId, injected, workNs, verdict, seconds }) => [
      { text: visible(gateId, 80) },
      { text: injected ? `a busy-wait of ${figure(workNs, 'ns')}` : 'the baseline itself' },
      marked(GATE_VERDICTS[verdict]),
      { text: `${seconds.toFixed(0)} s` },
    ]),
  };
}

const RECORDED: Readonly<Record<ProofRecord['kind'], string>> = {
  aa: 'without a difference',
  calibration: 'calibration',
  effects: 'with busy-waits',
};

function recordsTable({ records }: ProofDocument): Table {
  return {
    caption: 'Folders below reports/',
    columns: [
      words('Recording'),
      words('Folder'),
      numbers('Whole blocks'),
      numbers('Vetoed trials'),
      words('Revision', { extra: true }),
    ],
    rows: records.map(({ kind, folder, blocks, trials, revision }) => [
      { text: RECORDED[kind] },
      { text: visible(folder, 300) },
      { text: count(blocks.measured) },
      { text: count(trials.vetoed) },
      { text: revision === null ? '–' : visible(revision.slice(0, 12), 40) },
    ]),
  };
}
