import { answer, type Summary } from '../../summary/index.ts';
import { shapeOf, variantColour } from '../charts/theme.ts';
import { facts } from '../facts.ts';
import { addedTable, comparisonsTable, hasManyPairs } from '../tables/comparisons.ts';
import { outcomesTable, thresholdsTable, variantsTable } from '../tables/results.ts';
import { bases } from '../variants.ts';
import { visible } from '../visible.ts';
import { notices, VERDICTS } from '../words.ts';
import { swatch } from './figure.ts';
import { tableMarkup } from './table.ts';
import { html, type Markup } from './template.ts';

/** Question, verdict, answer and what was run: what is read first. */
export function opening(summary: Summary): Markup {
  const { symbol, word, tone } = VERDICTS[summary.verdict];
  return html`
<header>
<p class="eyebrow">meshbench · ${visible(summary.scenario, 80)}</p>
<h1>${visible(summary.question, 400)}</h1>
${notices(summary).map((notice) => html`<p class="notice">${notice}</p>`)}
<p class="answer">${unbroken(answer(summary))}</p>
<div class="verdict"><span class="badge ${tone}">${symbol} ${word}</span>${summary.verdictReasons.map((reason) => html`<p class="quiet">${reason}</p>`)}</div>
<ul class="facts">${facts(summary).map((fact) => html`<li>${fact}</li>`)}</ul>
</header>`;
}

/** Keeps numbers and their units on one line. */
function unbroken(text: string): string {
  return text.replace(/(?<=\d) (?=(?:[nµm]?s|min|[kMG]?B|%)(?![\p{L}\d]))/gu, '\u00a0');
}

/** The numbers: variants, comparisons, thresholds, and how requests ended where some failed. */
export function results(summary: Summary, added: Markup): Markup {
  return html`
<section id="results" aria-labelledby="results-title">
<h2 id="results-title">Results</h2>
${paths(summary)}
${tableMarkup(variantsTable(summary))}
${added}
${comparisons(summary)}
${tableMarkup(thresholdsTable(summary))}
${tableMarkup(outcomesTable(summary))}
</section>`;
}

/** All of them, or where they are many one row for each pair and the others folded away. */
function comparisons(summary: Summary): Markup {
  const all = tableMarkup(comparisonsTable(summary));
  if (!hasManyPairs(summary)) return all;
  return html`${tableMarkup(addedTable(summary))}<details><summary>Every comparison</summary>${all}</details>`;
}

/** What a request passes in each variant; points of a matrix share their base's path. */
function paths(summary: Summary): Markup {
  const entries = bases(summary).map((base, index) => {
    const path = summary.variants.find((variant) => variant.base === base)?.path ?? '';
    return html`
<div><dt>${swatch(variantColour(index), shapeOf(index))} ${visible(base, 80)}</dt><dd>${visible(path, 400)}</dd></div>`;
  });
  return html`<dl class="paths">${entries}</dl>`;
}

/** What might be wrong with these numbers, before anything is drawn from them. */
export function doubts(summary: Summary): Markup {
  const list =
    summary.doubts.length === 0
      ? html`<p>No check of this run raised a doubt. That is not proof: read what the harness did, below.</p>`
      : html`<ol class="doubts">${summary.doubts.map((doubt) => html`<li>${doubt}</li>`)}</ol>`;
  const notes =
    summary.notes.length === 0
      ? html``
      : html`<h3>Notes from the run</h3><ul class="doubts">${summary.notes.map((note) => html`<li>${note}</li>`)}</ul>`;
  return html`
<section id="doubts" aria-labelledby="doubts-title">
<h2 id="doubts-title">What to doubt</h2>
${list}
${notes}
</section>`;
}
