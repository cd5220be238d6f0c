import type { IstiodSummary, Summary } from '../../summary/index.ts';
import { plain, seconds, size, time } from '../figures.ts';
import { type Cell, numbers, type Table, value, words } from '../table.ts';
import { rowsOf } from '../variants.ts';

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
    rows: rowsOf(summary, ({ configuration }) => configuration?.istiod, cells),
  };
}

function cells(istiod: IstiodSummary): readonly Cell[] {
  return [
    value(istiod.cpuSeconds, seconds, UNSEEN),
    value(istiod.rssBytes, size, UNSEEN),
    value(istiod.objects, plain, NEVER),
    value(istiod.writtenNs, time, NEVER),
    value(istiod.readyNs, time, NEVER),
    value(istiod.contextNs, time, NEVER),
    value(istiod.pushes, plain, NEVER),
    value(istiod.pushNs, time, NEVER),
    value(istiod.bytes, size, NEVER),
    value(istiod.debounces, plain, NEVER),
    value(istiod.debounceNs, time, NEVER),
    value(istiod.convergenceNs, time, NEVER),
  ];
}
