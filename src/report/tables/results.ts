import type { Summary, VariantSummary } from '../../summary/index.ts';
import { count, figure, millis, percent, rate, size, time } from '../figures.ts';
import { own } from '../own.ts';
import { type Cell, marked, numbers, type Table, value, words } from '../table.ts';
import { rowsOf, systemCpu, systemMemory, variantCell } from '../variants.ts';
import { visible } from '../visible.ts';
import { metricName, THRESHOLD_RESULTS } from '../words.ts';

/** The headline table: one row per variant. */
export function variantsTable(summary: Summary): Table {
  return {
    caption: 'Response time, errors and cost of each variant: medians over trials; max is the largest of all',
    columns: [
      words('Variant'),
      numbers('Offered', { extra: true }),
      numbers('Achieved'),
      numbers('p50'),
      numbers('p90', { extra: true }),
      numbers('p99'),
      numbers('p99.9'),
      numbers('max', { extra: true }),
      numbers('Errors'),
      numbers('CPU per 1,000 requests', { short: 'CPU/1,000' }),
      numbers('Memory'),
    ],
    rows: summary.variants.map(variantRow),
  };
}

function variantRow(variant: VariantSummary): readonly Cell[] {
  const { responseNs: response } = variant;
  const quantile = (field: 'p50' | 'p90' | 'p99' | 'p999' | 'max'): Cell =>
    value(response[field], time, response.reasons, field);
  return [
    variantCell(variant),
    value(variant.offeredRate, rate, 'a closed loop offers no rate'),
    achieved(variant),
    quantile('p50'),
    quantile('p90'),
    quantile('p99'),
    quantile('p999'),
    quantile('max'),
    errors(variant),
    value(systemCpu(variant), millis, variant.cpu.reasons, 'cpuMsPer1k'),
    value(systemMemory(variant), size, variant.reasons, 'memory'),
  ];
}

function achieved(variant: VariantSummary): Cell {
  const cell = value(variant.achievedRate, rate, variant.reasons, 'achievedRate');
  if (!variant.overloaded) return cell;
  return {
    ...cell,
    detail: 'overloaded',
    tone: 'bad',
    note: 'overloaded: in more than half of the trials under 99 % of the offered rate was achieved, or requests stayed unsent',
  };
}

function errors({ errors: failed, requests }: VariantSummary): Cell {
  if (failed === 0) return { text: '0' };
  const share = requests > 0 ? { detail: percent(failed / requests) } : {};
  return { text: count(failed), tone: 'bad', ...share };
}

/** How requests ended, where any ended badly; undefined otherwise. */
export function outcomesTable(summary: Summary): Table | undefined {
  const kinds = [...new Set(summary.variants.flatMap(({ outcomes }) => Object.keys(outcomes)))];
  if (summary.variants.every(({ errors: failed }) => failed === 0)) return undefined;
  return {
    caption: 'How requests ended, summed over trials',
    columns: [words('Variant'), numbers('Requests'), ...kinds.map((kind) => numbers(visible(kind, 40)))],
    rows: summary.variants.map((variant) => [
      variantCell(variant),
      { text: count(variant.requests) },
      ...kinds.map((kind) => ({
        text: count(own(variant.outcomes, kind) ?? 0),
      })),
    ]),
  };
}

/** Connections that were lost and how long each was gone, where any was; undefined otherwise. */
export function reconnectsTable(summary: Summary): Table | undefined {
  const rows = rowsOf(
    summary,
    ({ reconnects }) => reconnects,
    ({ count: times, p50, p99, max }) => [{ text: count(times) }, ...[p50, p99, max].map((ns) => ({ text: time(ns) }))],
  );
  if (rows.length === 0) return undefined;
  return {
    caption: 'Connections that were lost, and the time until each stood again: medians over trials, the largest of all',
    columns: [words('Variant'), numbers('Reconnects'), numbers('p50'), numbers('p99'), numbers('max')],
    rows,
  };
}

/** The scenario's thresholds and whether they held; undefined where it has none. */
export function thresholdsTable(summary: Summary): Table | undefined {
  if (summary.thresholds.length === 0) return undefined;
  return {
    caption: 'Thresholds of the scenario',
    columns: [
      words('Variant'),
      words('Metric'),
      numbers('Must stay below', { short: 'Limit' }),
      numbers('Measured'),
      words('Result'),
    ],
    rows: summary.thresholds.map((threshold) => [
      { text: visible(threshold.variant, 80) },
      { text: metricName(threshold.metric) },
      { text: inUnit(threshold.below, threshold.unit) },
      measured(threshold.value, threshold.unit, threshold.reason),
      marked(THRESHOLD_RESULTS[threshold.result]),
    ]),
  };
}

function measured(
  estimate: { estimate: number; lower: number; upper: number } | null,
  unit: string,
  reason: string,
): Cell {
  if (estimate === null) return { text: '–', note: reason };
  const print = (number: number): string => inUnit(number, unit);
  return { text: print(estimate.estimate), detail: `${print(estimate.lower)} to ${print(estimate.upper)}` };
}

function inUnit(number: number, unit: string): string {
  if (unit === 'ns' || unit === 'ms' || unit === 'B' || unit === '1/s') return figure(number, unit);
  if (unit === 'share') return percent(number);
  return `${count(number)} ${visible(unit, 20)}`.trimEnd();
}
