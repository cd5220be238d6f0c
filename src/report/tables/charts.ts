import type { Summary, VariantSummary } from '../../summary/index.ts';
import { millis, plain, seconds, size, time } from '../figures.ts';
import { own } from '../own.ts';
import { type Cell, type Column, numbers, type Table, value, words } from '../table.ts';
import { componentNames, lookOf, memberOf, nameOf, variantCell } from '../variants.ts';
import { visible } from '../visible.ts';
import { isMeasuring } from '../words.ts';

/** Most rows of a table of seconds or of trials; beyond it summary.json has them. */
const MOST_ROWS = 200;

/** Most variants that stand side by side on a page. */
const MOST_BESIDE = 12;

/** Response time at every share of requests: the numbers behind the spectrum, of as many variants at a time as a page has room for. */
export function spectrumTables(summary: Summary): readonly Table[] {
  const variants = summary.variants.toSorted((one, other) => lookOf(summary, one) - lookOf(summary, other));
  const tables = Math.ceil(variants.length / MOST_BESIDE);
  return Array.from({ length: tables }, (_, table) =>
    spectrumTable(
      summary,
      variants.slice(table * MOST_BESIDE, (table + 1) * MOST_BESIDE),
      tables > 1 ? `, ${table + 1} of ${tables} tables` : '',
    ),
  );
}

function spectrumTable(summary: Summary, variants: readonly VariantSummary[], which: string): Table {
  const shares = new Set(summary.variants.flatMap(({ spectrum }) => spectrum.map(({ fraction }) => fraction)));
  return {
    caption: `Response time within which a share of the requests was answered: medians over trials${which}`,
    columns: [words('Share'), ...variants.map(variantColumn)],
    rows: [...shares]
      .sort((a, b) => a - b)
      .map((share) => [
        { text: `${Number((100 * share).toPrecision(9))} %` },
        ...variants.map(({ spectrum }) =>
          value(
            spectrum.find(({ fraction }) => fraction === share)?.ns ?? null,
            time,
            'too few requests lie beyond it',
          ),
        ),
      ]),
  };
}

function variantColumn(variant: VariantSummary): Column {
  const member = memberOf(variant);
  return numbers(nameOf(variant), member === undefined ? {} : { member });
}

/** Every second: the numbers behind the series; undefined where there are too many to read. */
export function seriesTable(summary: Summary): Table | undefined {
  const rows = summary.variants.flatMap((variant) =>
    variant.series.map((point) => [
      variantCell(variant),
      { text: `${point.second} s` },
      { text: plain(point.requests) },
      { text: plain(point.errors) },
      value(point.p50, time, NOTHING_ANSWERED),
      value(point.p99, time, NOTHING_ANSWERED),
    ]),
  );
  if (rows.length > MOST_ROWS) return undefined;
  return {
    caption: 'One row per second, counted from the start of the measurement: medians over trials',
    columns: [words('Variant'), ...['Second', 'Requests', 'Errors', 'p50', 'p99'].map((title) => numbers(title))],
    rows,
  };
}

const NOTHING_ANSWERED = 'nothing was answered in this second';

/** Every trial's values: the numbers behind the dots; undefined where there are too many to read. */
export function trialsTable(summary: Summary): Table | undefined {
  if (summary.variants.reduce((sum, { perTrial }) => sum + perTrial.length, 0) > MOST_ROWS) return undefined;
  return {
    caption: 'One row per trial that was not vetoed',
    columns: [
      words('Variant'),
      numbers('Block'),
      numbers('p50'),
      numbers('p90'),
      numbers('p99'),
      numbers('CPU per 1,000 requests'),
      numbers('Release lag p99'),
    ],
    rows: summary.variants.flatMap((variant) =>
      variant.perTrial.map((trial) => [
        variantCell(variant),
        { text: String(trial.block + 1) },
        ...[trial.p50, trial.p90, trial.p99].map((ns) => value(ns, time, variant.responseNs.reasons, 'p99')),
        value(trial.cpuMsPer1k, millis, variant.cpu.reasons, 'cpuMsPer1k'),
        value(trial.releaseLagP99, time, variant.releaseLagNs.reasons, 'p99'),
      ]),
    ),
  };
}

/** Processor time and memory by component: the numbers behind the bars. */
export function componentsTable(summary: Summary): Table {
  return {
    caption: 'By component: medians over trials. Run delay is time in which it could run but had no processor.',
    columns: [
      words('Variant'),
      words('Component'),
      numbers('CPU time'),
      numbers('CPU per 1,000 requests'),
      numbers('Run delay'),
      numbers('RSS'),
      numbers('PSS'),
      numbers('Peak RSS'),
    ],
    rows: summary.variants.flatMap((variant) =>
      componentNames(summary)
        .filter((name) => Object.hasOwn(variant.cpu.components, name) || Object.hasOwn(variant.memory.components, name))
        .map((name) => componentRow(variant, name)),
    ),
  };
}

function componentRow(variant: VariantSummary, name: string): readonly Cell[] {
  const cpu = own(variant.cpu.components, name);
  const memory = own(variant.memory.components, name);
  const role = isMeasuring(name) ? { detail: 'measures' } : {};
  const untold = cpu?.source === 'docker' ? NOT_BY_DOCKER : NOT_GIVEN;
  return [
    variantCell(variant),
    { text: visible(name, 80), ...role },
    value(cpu?.coreSeconds ?? null, seconds, NOT_SAMPLED),
    value(cpu?.cpuMsPer1k ?? null, millis, variant.cpu.reasons, 'cpuMsPer1k'),
    value(cpu?.runDelaySeconds ?? null, seconds, cpu === undefined ? NOT_SAMPLED : untold),
    value(memory?.rssBytes ?? null, size, NOT_SAMPLED),
    value(memory?.pssBytes ?? null, size, untold),
    value(memory?.peakBytes ?? null, size, untold),
  ];
}

const NOT_GIVEN = 'this kernel does not give it';
const NOT_BY_DOCKER = "Docker's API does not give it";
const NOT_SAMPLED = 'not sampled';
