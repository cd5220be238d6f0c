import { type Figure, figureMarkup } from '../html/figure.ts';
import { pageText } from '../html/page.ts';
import { tableMarkup } from '../html/table.ts';
import { html, type Markup, NOTHING } from '../html/template.ts';
import { visible } from '../visible.ts';
import type { Paper, Section } from './paper.ts';

/** Rows of a table that a page holds; the file that holds all is named. */
const MOST_ROWS = 1000;

/**
 * A paper as one HTML page that looks like a run's report: no script, no request, the same bytes for the same paper.
 * @param home where the page that led here is, if one did.
 */
export async function paperHtml(paper: Paper, home?: string): Promise<string> {
  const sections: Markup[] = [];
  for (const section of paper.sections) sections.push(await sectionMarkup(section, paper));
  return pageText({
    title: html`${visible(paper.title, 200)}`,
    skipTo: paper.sections[0]?.id ?? 'doubts',
    opening: openingMarkup(paper, home),
    sections: paper.sections.map(({ id, title }) => [id, title] as const),
    main: html`${sections}`,
    foot: html`${paper.foot}`,
  });
}

function openingMarkup(paper: Paper, home: string | undefined): Markup {
  return html`<header>${home === undefined ? NOTHING : html`\n<p class="eyebrow"><a href="${home}">← all runs</a></p>`}
<p class="eyebrow">meshbench · ${visible(paper.kind, 160)}</p>
<h1>${visible(paper.title, 400)}</h1>
${paper.notices.map((notice) => html`<p class="notice">${notice}</p>`)}
<p class="answer">${paper.answer}</p>
${verdictMarkup(paper)}
${doubtsMarkup(paper)}
<ul class="facts">${paper.facts.map((fact) => html`<li>${visible(fact, 300)}</li>`)}</ul>
</header>`;
}

function verdictMarkup({ verdict }: Paper): Markup {
  if (verdict === undefined) return NOTHING;
  const { symbol, word, tone } = verdict.mark;
  return html`
<div class="verdict"><span class="badge ${tone}">${symbol} ${word}</span>${verdict.reasons.map((reason) => html`<p class="quiet">${reason}</p>`)}</div>`;
}

function doubtsMarkup({ doubts }: Paper): Markup {
  const list =
    doubts.length === 0
      ? html`<p>No check raised a doubt. That is not proof.</p>`
      : html`<ol class="doubts">${doubts.map((doubt) => html`<li>${doubt}</li>`)}</ol>`;
  return html`
<section id="doubts" class="first" aria-labelledby="doubts-title">
<h2 id="doubts-title">What to doubt</h2>
${list}
</section>`;
}

async function sectionMarkup({ id, title, paragraphs, tables, figures = [] }: Section, paper: Paper): Promise<Markup> {
  return html`
<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${paragraphs.map((paragraph) => html`<p>${paragraph}</p>`)}
${await drawn(figures)}
${tables.map((table) => {
  const rest = table.rows.length - MOST_ROWS;
  const more = rest > 0 ? html`<p class="quiet">… and ${rest} more, in ${paper.whole}.</p>` : NOTHING;
  return html`${tableMarkup({ ...table, rows: table.rows.slice(0, MOST_ROWS) })}${more}`;
})}
</section>`;
}

async function drawn(figures: readonly Figure[]): Promise<readonly Markup[]> {
  const markup: Markup[] = [];
  for (const figure of figures) markup.push(await figureMarkup(figure));
  return markup;
}
