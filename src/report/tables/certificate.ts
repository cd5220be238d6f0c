import type { CheckResult, Summary } from '../../summary/index.ts';
import { count, figure, percent, plain, ratio, time } from '../figures.ts';
import { own } from '../own.ts';
import { type Cell, marked, numbers, type Table, value, words } from '../table.ts';
import { visible } from '../visible.ts';
import { CHECK_RESULTS } from '../words.ts';

/** What calibration found, check by check; undefined where there was none. */
export function certificateTable({ certificate }: Pick<Summary, 'certificate'>): Table | undefined {
  if (certificate === null) return undefined;
  return {
    caption: `Certificate: the harness against what is known, in ${figure(certificate.tookNs, 'ns')} before the first trial`,
    columns: [
      words('Check'),
      numbers('Measured'),
      numbers('Limit'),
      words('Result'),
      numbers('Times measured', { short: 'Times', extra: true }),
    ],
    rows: certificate.checks.map(row),
  };
}

function row(found: CheckResult): readonly Cell[] {
  const { check, result, limit, attempts, text } = found;
  const print = (number: number): string => PRINT[found.unit](number);
  const mark = marked(CHECK_RESULTS[result]);
  return [
    { text: own(NAMES, check) ?? visible(check, 60) },
    value(found.value, print, visible(text, 500)),
    { text: `${check === 'capacity' ? '≥' : '≤'} ${print(limit)}` },
    result === 'held' ? mark : { ...mark, note: visible(text, 500) },
    { text: count(attempts) },
  ];
}

const NAMES: Readonly<Record<string, string>> = {
  clock: 'Clock: its coarsest step, and none backwards',
  floor: 'Floor: p50 of a responder that answers at once',
  delay: 'Known delay: p50 off by',
  stall: 'Known stall: p90 off by',
  releaseError: 'Release error, p99',
  loopGaps: 'Time in which our own loop stood still',
  neighbours: "Load's time lost to other tasks on its processor",
  capacity: 'Capacity: rate that the loop released in time',
  sameTwice: 'The same twice: p50 of the larger over the smaller',
};

const PRINT: Readonly<Record<CheckResult['unit'], (value: number) => string>> = {
  ns: time,
  share: percent,
  ratio,
  '1/s': (value) => (value === 0 ? plain(0) : figure(value, '1/s')),
};
