import { type Cell, type Column, footnotes, hasRows, type Table } from '../table.ts';
import { html, type Markup, NOTHING } from './template.ts';

/** A table in a box of its own that scrolls by touch and keyboard where the page is narrow. */
export function tableMarkup(table: Table | undefined): Markup {
  if (!hasRows(table)) return NOTHING;
  const notes = footnotes(table);
  return html`
<div class="scroll" role="region" aria-label="${table.caption}" tabindex="0">
<table>
<caption><span>${table.caption}</span></caption>
<thead><tr>${table.columns.map((column) => html`<th scope="col" class="${column.align}">${column.title}</th>`)}</tr></thead>
<tbody>${table.rows.map((row) => rowMarkup(row, table.columns, notes))}
</tbody>
</table>
</div>${notesMarkup(notes)}`;
}

function rowMarkup(row: readonly Cell[], columns: readonly Column[], notes: ReadonlyMap<string, number>): Markup {
  return html`
<tr>${row.map((cell, index) => {
    const align = columns[index]?.align ?? 'start';
    return index === 0
      ? html`<th scope="row" class="${align}">${cellMarkup(cell, notes)}</th>`
      : html`<td class="${align}">${cellMarkup(cell, notes)}</td>`;
  })}</tr>`;
}

function cellMarkup({ text, detail, note, tone, code }: Cell, notes: ReadonlyMap<string, number>): Markup {
  const words = code === true ? html`<code>${text}</code>` : html`${text}`;
  const main = tone === undefined ? words : html`<span class="${tone}">${words}</span>`;
  const mark = note === undefined ? NOTHING : html`<sup title="${note}">${notes.get(note) ?? 0}</sup>`;
  return detail === undefined ? html`${main}${mark}` : html`${main}${mark}<small>${detail}</small>`;
}

function notesMarkup(notes: ReadonlyMap<string, number>): Markup {
  if (notes.size === 0) return NOTHING;
  return html`
<ul class="notes">${[...notes].map(([note, number]) => html`<li><sup>${number}</sup> ${note}</li>`)}</ul>`;
}
