import type { VariantSummary } from '../../summary/index.ts';
import { count, figure } from '../figures.ts';
import { numbers, type Table, words } from '../table.ts';
import { nameOf } from '../variants.ts';
import { visible } from '../visible.ts';

/** A variant's packet rules and what they matched; without rows where it has none. */
export function rulesTable(variant: VariantSummary): Table {
  return {
    caption: `Packet rules of ${nameOf(variant)}, and what matched them in a trial: medians over trials`,
    columns: [words('Host'), words('Table'), words('Rule'), numbers('Packets'), numbers('Bytes')],
    rows: Object.entries(variant.packets).flatMap(([host, rules]) =>
      rules.map(({ table, rule, packets, bytes }) => [
        { text: visible(host, 80) },
        { text: visible(table, 20), ...(table === 'nat' ? { note: FIRST_ONLY } : {}) },
        { text: visible(rule, 500), code: true },
        { text: count(packets) },
        { text: figure(bytes, 'B') },
      ]),
    ),
  };
}

/** The kernel asks this table about the first packet of a connection and remembers the answer. */
const FIRST_ONLY = 'nat sees the first packet of each connection alone';
