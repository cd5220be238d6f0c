import { answer, isAboutEvents, type Summary } from '../summary/index.ts';
import { facts } from './facts.ts';
import { comparisonsAside, hasFigures, isAboutConfiguration } from './has-figures.ts';
import { type Cell, footnotes, hasRows, type Table } from './table.ts';
import { certificateTable } from './tables/certificate.ts';
import { addedTable, comparisonsTable, hasManyPairs } from './tables/comparisons.ts';
import { configurationTables } from './tables/configuration.ts';
import { firstRequestsTable } from './tables/first-requests.ts';
import { vetoesTable } from './tables/harness.ts';
import { kneesTable } from './tables/knees.ts';
import { throttledTable } from './tables/limits.ts';
import { fingerprintTable, runTable } from './tables/machine.ts';
import { differencesTable, phasesTable, pushesTable } from './tables/pushes.ts';
import { outcomesTable, reconnectsTable, thresholdsTable, variantsTable } from './tables/results.ts';
import { visible } from './visible.ts';
import { notices, VERDICTS } from './words.ts';

/** Size in bytes that a summary never exceeds: comments on code forges end at 64 kB. */
export const MOST_BYTES = 60_000;

/** How much is said, from all to what fits whatever the record holds: rows of a table, and characters of a text. */
export interface Room {
  readonly rows: number;
  readonly characters: number;
  /** The file that holds what there is no room for; summary.json by default. */
  readonly whole?: string;
}
export const ROOMS: readonly [Room, ...Room[]] = [
  { rows: 500, characters: 1000 },
  { rows: 100, characters: 300 },
  { rows: 30, characters: 100 },
  { rows: 8, characters: 40 },
];

/** summary.md: verdict, answer, tables and doubts, for a pull request or a job's summary; {@link MOST_BYTES} at most. */
export function renderMarkdown(summary: Summary): string {
  let text = '';
  for (const room of ROOMS) {
    text = inRoom(summary, room);
    if (Buffer.byteLength(text) <= MOST_BYTES) break;
  }
  return text;
}

function inRoom(summary: Summary, room: Room): string {
  const { symbol, word } = VERDICTS[summary.verdict];
  const say = (text: string): string => block(text, room.characters);
  const table = (drawn: Table | undefined): string => (hasRows(drawn) ? tableText(drawn, room) : '');
  const meanwhile = [pushesTable(summary), phasesTable(summary), differencesTable(summary)].map(table);
  const configured = configurationTables(summary).map(table);
  const parts = [
    `## ${say(summary.question)}`,
    ...notices(summary).map((notice) => `> ${say(notice)}`),
    say(answer(summary)),
    `**${symbol} ${word}**${summary.verdictReasons
      .slice(0, room.rows)
      .map((reason) => ` – ${say(reason)}`)
      .join('')}`,
    say(facts(summary).join(' · ')),
    ...(isAboutEvents(summary) ? meanwhile : []),
    ...(isAboutConfiguration(summary) ? configured : []),
    hasFigures(summary) ? table(variantsTable(summary)) : table(kneesTable(summary)),
    ...comparisons(summary, table),
    ...(isAboutConfiguration(summary) ? [] : configured),
    table(firstRequestsTable(summary)),
    ...(isAboutEvents(summary) ? [] : meanwhile),
    table(thresholdsTable(summary)),
    table(outcomesTable(summary)),
    table(reconnectsTable(summary)),
    table(throttledTable(summary)),
    '### What to doubt',
    list(summary.doubts, 'No check of this run raised a doubt.', room),
    ...(summary.notes.length === 0 ? [] : ['**Notes from the run**', list(summary.notes, '', room)]),
    table(vetoesTable(summary)),
    table(certificateTable(summary)),
    `<details><summary>The machine and this run</summary>\n\n${table(fingerprintTable(summary))}\n\n${table(runTable(summary))}\n\n</details>`,
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** All of them, or where they are many one row for each pair and the others folded away. */
function comparisons(summary: Summary, table: (drawn: Table | undefined) => string): readonly string[] {
  const all = table(comparisonsTable(summary));
  const folded = comparisonsAside(summary) && all !== '';
  if (!hasManyPairs(summary) && !folded) return [all];
  return [
    folded ? '' : table(addedTable(summary)),
    `<details><summary>Every comparison</summary>\n\n${all}\n\n</details>`,
  ];
}

/** Sentences as a list. */
export function list(sentences: readonly string[], none: string, room: Room): string {
  if (sentences.length === 0) return none;
  const shown = sentences.slice(0, room.rows).map((sentence) => `- ${block(sentence, room.characters)}`);
  return [...shown, ...remainder(sentences.length - shown.length, '- ', room)].join('\n');
}

/** A table with its caption and its footnotes. */
export function tableText(table: Table, room: Room): string {
  const notes = footnotes(table);
  const cell = ({ text, detail, note }: Cell): string => {
    const mark = note === undefined ? '' : ` <sup>${notes.get(note) ?? 0}</sup>`;
    const second = detail === undefined ? '' : ` (${escaped(detail, room.characters)})`;
    return `${escaped(text, room.characters)}${second}${mark}`;
  };
  const rows = table.rows.slice(0, room.rows);
  const shown = [...notes].filter(([note]) => rows.some((row) => row.some((drawn) => drawn.note === note)));
  return [
    `**${escaped(table.caption, room.characters)}**`,
    '',
    line(table.columns.map(({ title }) => escaped(title, room.characters))),
    line(table.columns.map(({ align }) => (align === 'end' ? '---:' : '---'))),
    ...rows.map((row) => line(row.map(cell))),
    ...remainder(table.rows.length - rows.length, '\n', room),
    ...(shown.length === 0 ? [] : ['']),
    ...shown.map(([note, number]) => `<sup>${number}</sup> ${escaped(note, room.characters)}  `),
  ].join('\n');
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function remainder(number: number, before: string, { whole = 'summary.json' }: Room): readonly string[] {
  return number === 0 ? [] : [`${before}… and ${number} more, in ${whole}`];
}

/** Characters that mean something in Markdown, HTML or a code forge. */
const MEANING = /[\\`*_{}[\]<>|#~&$]|@(?=\w)|:\/\/|www\./giu;

/** Text as text: every character that means something is written so that it means nothing. */
function escaped(text: string, characters: number): string {
  return visible(text, characters).replace(MEANING, inert);
}

/** Text that begins a block, where marks of lists and headings mean something too. */
export function block(text: string, characters: number): string {
  return escaped(text, characters)
    .trimStart()
    .replace(/^[-+=]/u, '\\$&')
    .replace(/^\d+(?=[.)](?:\s|$))/u, '$&\\');
}

function inert(found: string): string {
  if (found === '<') return '&lt;';
  if (found === '>') return '&gt;';
  if (found === '&') return '&amp;';
  if (found === '@') return '@\u200b';
  if (found === '://') return ':\u200b//';
  if (found.length > 1) return `${found.slice(0, -1)}\u200b.`;
  return found === '#' ? '\\#\u200b' : `\\${found}`;
}
