import { type Cell, type Column, footnotes, hasRows, type Member, type Table } from '../table.ts';
import { html, type Markup, NOTHING } from './template.ts';

/** How a table of so many columns is set, so that it fits its page: many are close and small, few leave room for the first. */
function setting(columns: number): 'few' | 'some' | 'many' {
  if (columns > 11) return 'many';
  return columns > 3 ? 'some' : 'few';
}

/**
 * A table in a box of its own that scrolls by touch and keyboard where the page is narrow. Where all rows, or all columns
 * but the first, are members of families that differ in the same, each family is named once above its members.
 */
export function tableMarkup(table: Table | undefined): Markup {
  if (!hasRows(table)) return NOTHING;
  const families = familiesOf(table.rows, ([head]) => head?.member);
  const bodies = families === undefined ? [[undefined, table.rows] as const] : [...families.members];
  const notes = footnotes({ ...table, rows: bodies.flatMap(([, rows]) => rows) });
  const columns = table.columns.map((column, index) =>
    index === 0 && families !== undefined ? { ...column, title: families.by } : column,
  );
  return html`
<div class="scroll" role="region" aria-label="${table.caption}" tabindex="0">
<table class="${setting(columns.length)}">
<caption><span>${table.caption}</span></caption>
<thead>${headMarkup(columns)}</thead>
${bodies.map(([family, rows]) => bodyMarkup(rows, columns, notes, family))}
</table>
</div>${notesMarkup(notes)}`;
}

/** What is in families that differ in the same: undefined where anything is in none, or differs in something else. */
function familiesOf<Item>(items: readonly Item[], memberOf: (item: Item) => Member | undefined) {
  const members = new Map<string, Item[]>();
  const [by, ...others] = new Set(items.map((item) => memberOf(item)?.by));
  if (by === undefined || others.length > 0) return undefined;
  for (const item of items) {
    const family = memberOf(item)?.of ?? '';
    members.set(family, [...(members.get(family) ?? []), item]);
  }
  return { by, members };
}

function headMarkup(columns: readonly Column[]): Markup {
  const title = ({ title: text, align }: Column, rows = 1): Markup =>
    html`<th scope="col" class="${align}"${rows > 1 ? html` rowspan="${rows}"` : NOTHING}>${text}</th>`;
  const [first, ...others] = columns;
  const families = familiesOf(others, ({ member }) => member);
  if (first === undefined || families === undefined) return html`<tr>${columns.map((column) => title(column))}</tr>`;
  const groups = [...families.members].map(
    ([name, { length }]) =>
      html`<th scope="colgroup" class="family" colspan="${length}">${name}<small>${families.by}</small></th>`,
  );
  const places = others.map((column) => title({ ...column, title: column.member?.at ?? column.title }));
  return html`<tr>${title(first, 2)}${groups}</tr><tr>${places}</tr>`;
}

type Notes = ReadonlyMap<string, number>;

function bodyMarkup(rows: Table['rows'], columns: Table['columns'], notes: Notes, family?: string): Markup {
  const heading =
    family === undefined
      ? NOTHING
      : html`
<tr class="family"><th scope="rowgroup" colspan="${columns.length}"><span>${family}</span></th></tr>`;
  return html`<tbody>${heading}${rows.map((row) => rowMarkup(row, columns, notes, family !== undefined))}
</tbody>`;
}

function rowMarkup(row: readonly Cell[], columns: readonly Column[], notes: Notes, inFamily: boolean): Markup {
  return html`
<tr>${row.map((cell, index) => {
    const align = columns[index]?.align ?? 'start';
    const text = inFamily ? (cell.member?.at ?? cell.text) : cell.text;
    return index === 0
      ? html`<th scope="row" class="${align}">${cellMarkup({ ...cell, text }, notes)}</th>`
      : html`<td class="${align}">${cellMarkup(cell, notes)}</td>`;
  })}</tr>`;
}

function cellMarkup({ text, detail, note, tone, code }: Cell, notes: Notes): Markup {
  const words = code === true ? html`<code>${text}</code>` : html`${text}`;
  const main = tone === undefined ? words : html`<span class="${tone}">${words}</span>`;
  const mark = note === undefined ? NOTHING : html`<sup title="${note}">${notes.get(note) ?? 0}</sup>`;
  return detail === undefined ? html`${main}${mark}` : html`${main}${mark}<small>${detail}</small>`;
}

function notesMarkup(notes: Notes): Markup {
  if (notes.size === 0) return NOTHING;
  return html`
<ul class="notes">${[...notes].map(([note, number]) => html`<li><sup>${number}</sup> ${note}</li>`)}</ul>`;
}
