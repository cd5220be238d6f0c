import { type Cell, type Column, footnotes, type Table } from '../table.ts';
import { visible } from '../visible.ts';
import type { Paint } from './paint.ts';
import { columnsOf, wrapped } from './wrap.ts';

const GAP = '  ';
/** Longest text of a cell. */
const LONGEST = 200;

/** A table in aligned columns; where the terminal is too narrow, one list per row instead, so that nothing is cut. */
export function alignedTable(table: Table, width: number, paint: Paint): string {
  const notes = footnotes(table);
  const texts = table.rows.map((row) => row.map((cell) => cellText(cell, notes)));
  const widths = table.columns.map(({ title }, index) =>
    texts.reduce((most, row) => Math.max(most, columnsOf(row[index] ?? '')), columnsOf(title)),
  );
  const needed = widths.reduce((sum, columns) => sum + columns, GAP.length * (widths.length - 1));
  const body = needed <= width ? aligned(table, texts, widths, paint) : listed(table, texts, width, paint);
  return [
    paint('strong', wrapped(table.caption, width)),
    ...body,
    ...[...notes].map(([note, number]) => paint('quiet', wrapped(`${superscript(number)} ${note}`, width, 2))),
  ].join('\n');
}

function aligned(
  table: Table,
  texts: readonly (readonly string[])[],
  widths: readonly number[],
  paint: Paint,
): string[] {
  const line = (row: readonly string[], cells?: readonly Cell[]): string =>
    row
      .map((text, index) => {
        const padded = pad(text, widths[index] ?? 0, table.columns[index]);
        const tone = cells?.[index]?.tone;
        return tone === undefined ? padded : paint(tone, padded);
      })
      .join(GAP)
      .trimEnd();
  return [
    paint('quiet', line(table.columns.map(({ title }) => title))),
    ...texts.map((row, index) => line(row, table.rows[index])),
  ];
}

function listed(table: Table, texts: readonly (readonly string[])[], width: number, paint: Paint): string[] {
  return texts.flatMap(([head = '', ...rest], row) => [
    wrapped(`${table.columns[0]?.title ?? ''}: ${head}`, width, 2),
    ...rest.map((text, index) => {
      const lines = wrapped(`  ${table.columns[index + 1]?.title ?? ''}: ${text}`, width, 4);
      const tone = table.rows[row]?.[index + 1]?.tone;
      return tone === undefined ? lines : paint(tone, lines);
    }),
  ]);
}

function cellText({ text, detail, note }: Cell, notes: ReadonlyMap<string, number>): string {
  const second = detail === undefined ? '' : ` (${visible(detail, LONGEST)})`;
  return `${visible(text, LONGEST)}${second}${note === undefined ? '' : superscript(notes.get(note) ?? 0)}`;
}

function pad(text: string, width: number, column: Column | undefined): string {
  const room = ' '.repeat(Math.max(0, width - columnsOf(text)));
  return column?.align === 'end' ? room + text : text + room;
}

function superscript(number: number): string {
  return [...String(number)].map((digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)] ?? '').join('');
}
