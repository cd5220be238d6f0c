import { isAboutEvents, type Summary } from '../../summary/index.ts';
import { shapeOf, variantColour } from '../charts/theme.ts';
import { comparisonsAside, hasFigures, tellsNothing } from '../has-figures.ts';
import { addedTable, comparisonsTable, hasManyPairs } from '../tables/comparisons.ts';
import { firstRequestsTable } from '../tables/first-requests.ts';
import { differencesTable, phasesTable, pushesTable } from '../tables/pushes.ts';
import { outcomesTable, reconnectsTable, thresholdsTable, variantsTable } from '../tables/results.ts';
import { bases } from '../variants.ts';
import { visible } from '../visible.ts';
import { swatch } from './figure.ts';
import { whyNoDifference } from './figures.ts';
import { tableMarkup } from './table.ts';
import { html, type Markup, NOTHING } from './template.ts';

/**
 * What was compared, what each adds (`added`, drawn), and the numbers; how requests ended where some failed. Where a run is
 * about what happened meanwhile, that comes first. Comparisons that stand aside are folded away.
 */
export function results(summary: Summary, added: Markup): Markup {
  const about = isAboutEvents(summary);
  const aside = comparisonsAside(summary);
  return html`
<section id="results" aria-labelledby="results-title">
<h2 id="results-title">Results</h2>
${paths(summary)}
${about ? meanwhile(summary) : NOTHING}${aside ? NOTHING : compared(summary, added)}
${hasFigures(summary) ? tableMarkup(variantsTable(summary)) : NOTHING}
${tableMarkup(thresholdsTable(summary))}
${tableMarkup(outcomesTable(summary))}${tableMarkup(reconnectsTable(summary))}${tableMarkup(firstRequestsTable(summary))}${about ? NOTHING : meanwhile(summary)}${aside ? folded(summary, compared(summary, added)) : NOTHING}
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

/** What happened during the measurement, and what it did. */
function meanwhile(summary: Summary): Markup {
  return html`${tableMarkup(pushesTable(summary))}${tableMarkup(phasesTable(summary))}${tableMarkup(differencesTable(summary))}`;
}

function folded(summary: Summary, comparisons: Markup): Markup {
  const why = tellsNothing(summary) ? `: ${whyNoDifference(summary)}` : '';
  return html`<details><summary>Comparisons of times and costs${why}</summary>${comparisons}</details>`;
}

function compared(summary: Summary, added: Markup): Markup {
  return html`${added}
${comparisons(summary)}`;
}

/** All of them, or where they are many one row for each pair and the others folded away. */
function comparisons(summary: Summary): Markup {
  const all = tableMarkup(comparisonsTable(summary));
  if (!hasManyPairs(summary)) return all;
  return html`${tableMarkup(addedTable(summary))}<details><summary>Every comparison</summary>${all}</details>`;
}
