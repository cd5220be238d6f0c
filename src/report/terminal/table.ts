import { type Cell, footnotes, type Table } from '../table.ts';
import { visible } from '../visible.ts';
import type { Paint } from './paint.ts';
import { columnsOf, wrapped } from './wrap.ts';

const GAP = '  ';
/** Longest text of a cell. */
const LONGEST = 200;

/**
 * A table in aligned columns. Where the terminal is too narrow it goes without its extra columns, then without second
 * parts of cells, and if that is not enough one list per row takes its place, so that nothing is cut.
 */
export function alignedTable(table: Table, width: number, paint: Paint): string {
  const whole = printed(table);
  const short = printed(withoutExtra(table));
  const bare = printed(withoutDetails(withoutExtra(table)));
  const fitting = [whole, short, bare].find(({ needed }) => needed <= width);
  // What a column that is left out would have noted is left out with it.
  const notes = footnotes((fitting ?? whole).table);
  return [
    paint('strong', wrapped(table.caption, width)),
    ...(fitting === undefined ? listed(whole, width, paint) : aligned(fitting, paint)),
    ...[...notes].map(([note, number]) => paint('quiet', wrapped(`${superscript(number)} ${note}`, width, 2))),
  ].join('\n');
}

/** A table whose texts are safe to print, and the columns that they need. */
interface Printed {
  readonly table: Table;
  readonly titles: readonly string[];
  readonly texts: readonly (readonly string[])[];
  readonly widths: readonly number[];
  readonly needed: number;
}

function printed(table: Table): Printed {
  const notes = footnotes(table);
  const titles = table.columns.map(({ title, short }) => visible(short ?? title, LONGEST));
  const texts = table.rows.map((row) => row.map((cell) => cellText(cell, notes)));
  const widths = titles.map((title, index) =>
    texts.reduce((most, row) => Math.max(most, columnsOf(row[index] ?? '')), columnsOf(title)),
  );
  const needed = widths.reduce((sum, columns) => sum + columns, GAP.length * (widths.length - 1));
  return { table, titles, texts, widths, needed };
}

function withoutExtra(table: Table): Table {
  const kept = <Item>(items: readonly Item[]): Item[] =>
    items.filter((_, index) => table.columns[index]?.extra !== true);
  return { ...table, columns: kept(table.columns), rows: table.rows.map(kept) };
}

function withoutDetails(table: Table): Table {
  return { ...table, rows: table.rows.map((row) => row.map(({ detail: _, ...cell }) => cell)) };
}

function aligned({ table, titles, texts, widths }: Printed, paint: Paint): string[] {
  const line = (row: readonly string[], cells?: readonly Cell[]): string =>
    row
      .map((text, index) => {
        const room = ' '.repeat(Math.max(0, (widths[index] ?? 0) - columnsOf(text)));
        const tone = cells?.[index]?.tone;
        const painted = tone === undefined ? text : paint(tone, text);
        return table.columns[index]?.align === 'end' ? room + painted : painted + room;
      })
      .join(GAP)
      .trimEnd();
  return [paint('quiet', line(titles)), ...texts.map((row, index) => line(row, table.rows[index]))];
}

function listed({ table, titles, texts }: Printed, width: number, paint: Paint): string[] {
  return texts.flatMap(([head = '', ...rest], row) => [
    wrapped(`${titles[0] ?? ''}: ${head}`, width, 2),
    ...rest.map((text, index) => {
      const lines = wrapped(`${titles[index + 1] ?? ''}: ${text}`, width - 2, 2).replaceAll(/^/gmu, '  ');
      const tone = table.rows[row]?.[index + 1]?.tone;
      return tone === undefined ? lines : paint(tone, lines);
    }),
  ]);
}

function cellText({ text, detail, note }: Cell, notes: ReadonlyMap<string, number>): string {
  const second = detail === undefined ? '' : ` (${visible(detail, LONGEST)})`;
  return `${visible(text, LONGEST)}${second}${note === undefined ? '' : superscript(notes.get(note) ?? 0)}`;
}

function superscript(number: number): string {
  return [...String(number)].map((digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)] ?? '').join('');
}
