import type { Reasons } from '../summary/index.ts';
import { own } from './own.ts';
import type { Marked, Tone } from './words.ts';

/** One value of a table, before a format draws it. Texts are not escaped yet: every format does that itself. */
export interface Cell {
  readonly text: string;
  /** A quieter second part, usually the interval. */
  readonly detail?: string;
  /** Why there is no value, or what must be known about it. Printed as a footnote. */
  readonly note?: string;
  readonly tone?: Tone;
  /** True for text of a program, a rule for one. */
  readonly code?: boolean;
  readonly member?: Member;
}

/** What makes a row or a column one of a family: a page names the family once, above all of them. */
export interface Member {
  /** The family: `lazy`. */
  readonly of: string;
  /** What its members differ in: `services.count`. */
  readonly by: string;
  /** In which of it this one does: `500`. */
  readonly at: string;
}

export interface Column {
  readonly title: string;
  readonly align: 'start' | 'end';
  /** A shorter title, for terminals. */
  readonly short?: string;
  /** True where a terminal without room for it goes without. */
  readonly extra?: boolean;
  readonly member?: Member;
}

/** A table that every format can draw; the first cell of a row is its header. */
export interface Table {
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
}

/** A column of words. */
export function words(title: string, terminal: Pick<Column, 'short' | 'extra'> = {}): Column {
  return { title, align: 'start', ...terminal };
}

/** A column of numbers. */
export function numbers(title: string, more: Omit<Column, 'title' | 'align'> = {}): Column {
  return { title, align: 'end', ...more };
}

/** The value, or a dash with the reason where there is none. */
export function value(
  number: number | null,
  print: (number: number) => string,
  reasons: Reasons | string,
  field = '',
): Cell {
  if (number !== null && Number.isFinite(number)) return { text: print(number) };
  const reason = typeof reasons === 'string' ? reasons : reasonOf(reasons, field);
  return { text: '–', note: reason };
}

/** Why a field is null. */
export function reasonOf(reasons: Reasons, field: string): string {
  return own(reasons, field) ?? 'not measured';
}

/** A word with its symbol, so that colour is never alone. */
export function marked({ symbol, word, tone }: Marked): Cell {
  return { text: `${symbol} ${word}`, tone };
}

/** Whether there is anything to draw. */
export function hasRows(table: Table | undefined): table is Table {
  return table !== undefined && table.rows.length > 0;
}

/** Numbers the footnotes of a table in the order in which they appear, equal ones once. */
export function footnotes(table: Table): ReadonlyMap<string, number> {
  const numbered = new Map<string, number>();
  for (const { note } of table.rows.flat()) {
    if (note !== undefined && !numbered.has(note)) numbered.set(note, numbered.size + 1);
  }
  return numbered;
}
