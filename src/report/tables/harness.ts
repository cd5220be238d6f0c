import type { Summary, VariantSummary } from '../../summary/index.ts';
import { count, figure, percent, plain, time } from '../figures.ts';
import { own } from '../own.ts';
import { type Cell, numbers, type Table, value, words } from '../table.ts';
import { variantCell } from '../variants.ts';
import { visible } from '../visible.ts';

/** What the instrument itself did, by variant: the reader's reason to believe the rest. */
export function harnessTable(summary: Summary): Table {
  return {
    caption: 'The instrument and the machine while each variant was measured: medians over trials',
    columns: [
      words('Variant'),
      ...['p50', 'p99', 'p99.9'].map((at) => numbers(`Release lag ${at}`)),
      numbers('Machine busy'),
      numbers('Unattributed'),
      numbers('Steal'),
    ],
    rows: summary.variants.map((variant) => [
      variantCell(variant),
      lag(variant, 'p50'),
      lag(variant, 'p99'),
      lag(variant, 'p999'),
      machine(variant, 'busyCores', cores),
      machine(variant, 'unattributedCores', cores),
      machine(variant, 'stealPercent', (share) => `${plain(share)} %`),
    ]),
  };
}

function lag({ releaseLagNs }: VariantSummary, field: 'p50' | 'p99' | 'p999'): Cell {
  return value(releaseLagNs[field], time, releaseLagNs.reasons, field);
}

function machine(
  { cpu }: VariantSummary,
  field: 'busyCores' | 'unattributedCores' | 'stealPercent',
  print: (number: number) => string,
): Cell {
  return value(cpu.machine[field], print, cpu.reasons, field);
}

function cores(number: number): string {
  return `${number.toFixed(2)} cores`;
}

/** The latencies beside the headline, by variant: where a response time comes from. */
export function latenciesTable(summary: Summary): Table {
  return {
    caption: 'Service time, queue wait and time until ready: medians over trials',
    columns: [
      words('Variant'),
      ...['p50', 'p99', 'p99.9'].map((at) => numbers(`Service time ${at}`)),
      ...['p50', 'p99', 'p99.9'].map((at) => numbers(`Queue wait ${at}`)),
      numbers('Ready after'),
    ],
    rows: summary.variants.map((variant) => [
      variantCell(variant),
      ...latency(variant, 'serviceNs'),
      ...latency(variant, 'queueWaitNs'),
      value(variant.readyNs, time, variant.reasons, 'readyNs'),
    ]),
  };
}

function latency(variant: VariantSummary, field: 'serviceNs' | 'queueWaitNs'): readonly Cell[] {
  const quantiles = variant[field];
  return (['p50', 'p99', 'p999'] as const).map((at) => value(quantiles[at], time, quantiles.reasons, at));
}

/** The vetoed trials; undefined where there are none. */
export function vetoesTable(summary: Summary): Table | undefined {
  if (summary.vetoes.length === 0) return undefined;
  return {
    caption:
      summary.mode === 'quick'
        ? 'What would have vetoed trials of a full run: a quick run keeps them'
        : 'Vetoed trials: each was discarded and repeated',
    columns: [words('Block'), words('Variant'), words('Reason')],
    rows: summary.vetoes.map((veto) => [
      { text: String(veto.block + 1) },
      { text: visible(veto.variant, 80) },
      { text: visible(veto.text, 500) },
    ]),
  };
}

/** The limits by which trials are vetoed, as they stood before the run; undefined where the record has none. */
export function limitsTable(summary: Summary): Table | undefined {
  const limits = Object.entries(summary.vetoLimits);
  if (limits.length === 0) return undefined;
  return {
    caption: 'Limits by which a trial is vetoed, fixed before the run',
    columns: [words('Signal'), numbers('Limit')],
    rows: limits.map(([signal, limit]) => [{ text: signalName(signal) }, { text: limitText(signal, limit) }]),
  };
}

/** The signals by which trials are vetoed: their names in words, and how their limits are printed. */
const SIGNALS: Readonly<Record<string, { readonly name: string; readonly print: (limit: number) => string }>> = {
  releaseLag: { name: 'Release lag, p99', print: time },
  loopGaps: { name: 'Time in which our own loop stood still', print: percent },
  steal: { name: 'Steal: what the hypervisor took of the time in which processors had work', print: percent },
  outsideCpu: { name: 'Other tasks’ share of the run’s processors', print: percent },
  lostIntervals: { name: 'Requests that are in a total but in no second', print: count },
};

function signalName(signal: string): string {
  return own(SIGNALS, signal)?.name ?? visible(signal, 60);
}

function limitText(signal: string, limit: number): string {
  return (own(SIGNALS, signal)?.print ?? plain)(limit);
}

/** What was done to components during the measurement, trials taken together. */
export function eventsTable(summary: Summary): Table {
  return {
    caption: 'Events, counted from the start of the measurement',
    columns: [words('Variant'), words('Event'), numbers('Intended at'), numbers('Trials'), numbers('At most late by')],
    rows: summary.variants.flatMap(eventRows),
  };
}

function eventRows(variant: VariantSummary): readonly (readonly Cell[])[] {
  const kinds = new Map<string, VariantSummary['events'][number][]>();
  for (const event of variant.events) {
    const kind = JSON.stringify([event.action, event.target, event.intendedNs]);
    kinds.set(kind, [...(kinds.get(kind) ?? []), event]);
  }
  return [...kinds.values()].flatMap((events) => {
    const [first] = events;
    if (first === undefined) return [];
    const late = events.reduce((most, { actualNs, intendedNs }) => Math.max(most, actualNs - intendedNs), 0);
    return [
      [
        variantCell(variant),
        { text: `${visible(first.action, 40)} ${visible(first.target, 80)}` },
        { text: figure(first.intendedNs, 'ns') },
        { text: count(events.length) },
        { text: figure(late, 'ns') },
      ],
    ];
  });
}
