import type { CrowdSummary, Summary } from '../../summary/index.ts';
import { figure, plain, time } from '../figures.ts';
import { type Cell, numbers, type Table, words } from '../table.ts';
import { rowsOf } from '../variants.ts';

/** What light clients beside the sidecars waited for, and were told, by variant. Without rows where there were none. */
export function crowdTable(summary: Summary): Table {
  return {
    caption:
      'Light clients beside the sidecar: until all, and each, had everything for the first time, and what each was sent over the trial. Medians over trials; max is the largest of all.',
    columns: [
      words('Variant'),
      numbers('Light clients', { short: 'Clients' }),
      numbers('All ready after', { short: 'All' }),
      numbers('Each: p50', { short: 'p50' }),
      numbers('p99'),
      numbers('max', { extra: true }),
      numbers('Sent to each', { short: 'Sent' }),
      numbers('Refused or lost streams', { short: 'Refused' }),
    ],
    rows: rowsOf(summary, ({ configuration }) => configuration?.crowd, cells),
  };
}

function cells({ members, wholeNs, memberNs, bytes, lost }: CrowdSummary): readonly Cell[] {
  const { p50, p99, max } = memberNs;
  return [
    { text: plain(members) },
    ...[wholeNs, p50, p99, max].map((ns) => ({ text: time(ns) })),
    { text: figure(bytes, 'B') },
    { text: plain(lost) },
  ];
}
