import type { PushedDifference, PushesSummary, Summary, VariantSummary } from '../../summary/index.ts';
import { count, percent, size, time } from '../figures.ts';
import { type Cell, numbers, type Table, value, words } from '../table.ts';
import { rowsOf, variantCell } from '../variants.ts';
import { visible } from '../visible.ts';

/** What the control plane told its sidecars, and whom it harmed; undefined where it told nothing. */
export function pushesTable(summary: Summary): Table | undefined {
  const rows = rowsOf(summary, ({ pushes }) => pushes, pushesCells);
  if (rows.length === 0) return undefined;
  return {
    caption:
      'What was pushed: propagation is the time until a sidecar had acknowledged, medians over trials. Harmed are requests that failed from a push until the last acknowledgement of its roll-back, of all that were due in that time; led nowhere is what Envoy counted without a cluster (NC) or a healthy endpoint (UH) to lead it to.',
    columns: [
      words('Variant'),
      numbers('Harmed'),
      numbers('Pushes'),
      numbers('Sidecars', { extra: true }),
      numbers('Propagation p50', { short: 'p50' }),
      numbers('p99'),
      numbers('Sent to each'),
      numbers('Led nowhere', { extra: true }),
    ],
    rows,
  };
}

function pushesCells({ propagationNs, harmed, ...pushes }: PushesSummary): readonly Cell[] {
  const told = (ns: number | null): Cell => value(ns, time, 'no sidecar acknowledged');
  const most = propagationNs === null ? {} : { detail: `at most ${time(propagationNs.max)}` };
  return [
    harmed === null
      ? { text: '–', note: 'pushes that are repeated are not watched' }
      : {
          text: percent(harmed.failed / Math.max(1, harmed.requests)),
          detail: `${count(harmed.failed)} of ${count(harmed.requests)}`,
          ...(harmed.failed > 0 ? { tone: 'bad' as const } : {}),
        },
    {
      text: count(pushes.count),
      ...(pushes.rolledBack > 0 ? { detail: `${count(pushes.rolledBack)} rolled back` } : {}),
    },
    { text: count(pushes.sidecars) },
    told(propagationNs?.p50 ?? null),
    { ...told(propagationNs?.p99 ?? null), ...most },
    {
      text: size(pushes.bytes),
      ...(pushes.encodeNs === null ? {} : { detail: `encoded in ${time(pushes.encodeNs)}` }),
    },
    unled(pushes.unled),
  ];
}

function unled({ noCluster, noHealthyUpstream }: PushesSummary['unled']): Cell {
  const all = noCluster + noHealthyUpstream;
  return { text: count(all), ...(all > 0 ? { detail: `${count(noCluster)} NC, ${count(noHealthyUpstream)} UH` } : {}) };
}

/** What each push changed, field by field; undefined where nothing was pushed. */
export function differencesTable(summary: Summary): Table | undefined {
  const rows = summary.variants.flatMap((variant) =>
    (variant.pushes?.differences ?? []).flatMap((difference) => differenceRows(variant, difference)),
  );
  if (rows.length === 0) return undefined;
  return {
    caption: 'What the pushes of the first trial changed, of what sidecars see; the record has all',
    columns: [words('Variant'), words('Push'), words('Resource'), words('Field'), words('Before'), words('After')],
    rows,
  };
}

function differenceRows(
  variant: VariantSummary,
  { what, resources, more }: PushedDifference,
): readonly (readonly Cell[])[] {
  const begin = [variantCell(variant), { text: visible(what, 40) }];
  const told = resources.flatMap(({ kind, name, change, fields }) => {
    const resource = { text: `${visible(kind, 20)} ${visible(name, 120)}` };
    if (fields.length === 0) return [[...begin, resource, { text: change }, { text: '' }, { text: '' }]];
    return fields.map(({ path, before, after }) => [
      ...begin,
      resource,
      { text: visible(path, 120), code: true },
      { text: before === null ? '–' : visible(before, 120) },
      { text: after === null ? '–' : visible(after, 120) },
    ]);
  });
  const rest =
    more === 0 ? [] : [[...begin, { text: `and ${count(more)} more` }, { text: '' }, { text: '' }, { text: '' }]];
  return [...told, ...rest];
}

/** Requests before, during and after what was done; undefined without events. */
export function phasesTable(summary: Summary): Table | undefined {
  const rows = summary.variants.flatMap((variant) =>
    (variant.phases ?? []).map(({ phase, seconds, requests, errors, p50, p99 }): readonly Cell[] => [
      variantCell(variant),
      { text: phase },
      { text: count(seconds) },
      { text: count(requests) },
      { text: count(errors), ...(errors > 0 ? { tone: 'bad' as const } : {}) },
      value(p50, time, 'no request succeeded then'),
      value(p99, time, 'no request succeeded then'),
    ]),
  );
  if (rows.length === 0) return undefined;
  return {
    caption:
      'Before, during and after the events: whole seconds of the measurement, during from the second of the first event to that of the last. Response times are medians over trials, requests and errors sums.',
    columns: [
      words('Variant'),
      words('Phase'),
      numbers('Seconds'),
      numbers('Requests'),
      numbers('Errors'),
      numbers('p50'),
      numbers('p99'),
    ],
    rows,
  };
}
