import type { IstiodSummary, Summary } from '../../summary/index.ts';
import { figure, plain } from '../figures.ts';
import { type Cell, numbers, type Table, value, words } from '../table.ts';
import { variantCell } from '../variants.ts';

const NEVER = 'it never did';
const UNSEEN = 'not sampled';

/** What istiod says of itself, by variant. Without rows where none configured anything. */
export function istiodTable(summary: Summary): Table {
  return {
    caption:
      'What istiod took until everyone was ready, and says of itself from its start to the end of a trial: medians over trials. All objects were written before it started.',
    columns: [
      words('Variant'),
      numbers('CPU'),
      numbers('RSS'),
      numbers('Objects', { extra: true }),
      numbers('Written in', { short: 'Written' }),
      numbers('Ready after', { short: 'Ready' }),
      numbers('Common context', { extra: true }),
      numbers('Pushes'),
      numbers('Building and sending', { short: 'Push time' }),
      numbers('Sent'),
      numbers('Debounced', { extra: true }),
      numbers('Debounce, mean', { short: 'Debounce' }),
      numbers('Convergence, mean', { extra: true }),
    ],
    rows: summary.variants.flatMap((variant) => {
      const istiod = variant.configuration?.istiod;
      return istiod === undefined ? [] : [[variantCell(variant), ...cells(istiod)]];
    }),
  };
}

const time = (ns: number): string => figure(ns, 'ns');

function cells(istiod: IstiodSummary): readonly Cell[] {
  return [
    value(istiod.cpuSeconds, (seconds) => time(seconds * 1e9), UNSEEN),
    value(istiod.rssBytes, (bytes) => figure(bytes, 'B'), UNSEEN),
    value(istiod.objects, plain, NEVER),
    value(istiod.writtenNs, time, NEVER),
    value(istiod.readyNs, time, NEVER),
    value(istiod.contextNs, time, NEVER),
    value(istiod.pushes, plain, NEVER),
    value(istiod.pushNs, time, NEVER),
    value(istiod.bytes, (bytes) => figure(bytes, 'B'), NEVER),
    value(istiod.debounces, plain, NEVER),
    value(istiod.debounceNs, time, NEVER),
    value(istiod.convergenceNs, time, NEVER),
  ];
}
