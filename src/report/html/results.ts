import type { Summary } from '../../summary/index.ts';
import { shapeOf, variantColour } from '../charts/theme.ts';
import { hasFigures } from '../has-figures.ts';
import { addedTable, comparisonsTable, hasManyPairs } from '../tables/comparisons.ts';
import { outcomesTable, reconnectsTable, thresholdsTable, variantsTable } from '../tables/results.ts';
import { bases } from '../variants.ts';
import { visible } from '../visible.ts';
import { swatch } from './figure.ts';
import { tableMarkup } from './table.ts';
import { html, type Markup, NOTHING } from './template.ts';

/** What was compared, what each adds (`added`, drawn), and the numbers; how requests ended where some failed. */
export function results(summary: Summary, added: Markup): Markup {
  return html`
<section id="results" aria-labelledby="results-title">
<h2 id="results-title">Results</h2>
${paths(summary)}
${added}
${comparisons(summary)}
${hasFigures(summary) ? tableMarkup(variantsTable(summary)) : NOTHING}
${tableMarkup(thresholdsTable(summary))}
${tableMarkup(outcomesTable(summary))}${tableMarkup(reconnectsTable(summary))}
</section>`;
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

/** All of them, or where they are many one row for each pair and the others folded away. */
function comparisons(summary: Summary): Markup {
  const all = tableMarkup(comparisonsTable(summary));
  if (!hasManyPairs(summary)) return all;
  return html`${tableMarkup(addedTable(summary))}<details><summary>Every comparison</summary>${all}</details>`;
}
