import type { Summary, VariantSummary } from '../../summary/index.ts';
import type { ReportContext } from '../context.ts';
import { envoys } from '../envoys.ts';
import { GLOSSARY } from '../glossary.ts';
import { hasFigures } from '../has-figures.ts';
import { quietness } from '../quiet.ts';
import { hasRows, type Table } from '../table.ts';
import { certificateTable } from '../tables/certificate.ts';
import { eventsTable, harnessTable, latenciesTable, limitsTable, vetoesTable } from '../tables/harness.ts';
import { fingerprintTable, runTable } from '../tables/machine.ts';
import { rulesTable } from '../tables/rules.ts';
import { ownSettingsTable, sharedSettingsTable } from '../tables/settings.ts';
import { nameOf } from '../variants.ts';
import { visible } from '../visible.ts';
import { tableMarkup } from './table.ts';
import { html, type Markup, NOTHING } from './template.ts';

/** What the instrument did, so that a reader can decide whether to believe it. */
export function harness(summary: Summary): Markup {
  const vetoes = vetoesTable(summary);
  return html`
<section id="harness" aria-labelledby="harness-title">
<h2 id="harness-title">The harness</h2>
<p>The generator is the first suspect. Release lag is the time by which it was late itself; it is part of every response time above. Queue wait is time that a request waited for a free connection: the system’s doing.</p>
${certificate(summary)}
${ofVariants(summary, harnessTable)}
${ofVariants(summary, latenciesTable)}
${tableMarkup(eventsTable(summary))}
${vetoes === undefined ? html`<p>No trial was vetoed.</p>` : tableMarkup(vetoes)}
${tableMarkup(limitsTable(summary))}
</section>`;
}

/** Of a search the table of its trials has release lags. */
function ofVariants(summary: Summary, table: (summary: Summary) => Table): Markup {
  return hasFigures(summary) ? tableMarkup(table(summary)) : NOTHING;
}

function certificate(summary: Summary): Markup {
  const table = certificateTable(summary);
  if (!hasRows(table)) return html`<p>The harness was not calibrated before this run.</p>`;
  return html`
<p>Before the first trial the load was offered to a responder of our own, by the program and in the place of the trials: what it must read there is known.</p>
${tableMarkup(table)}`;
}

/** The machine and the build, to tell what these numbers can be compared with. */
export function machine(summary: Summary): Markup {
  return html`
<section id="machine" aria-labelledby="machine-title">
<h2 id="machine-title">The machine and this run</h2>
${quietness(summary).map((sentence) => html`<p>${sentence}</p>`)}
<div class="pair">
<div>${tableMarkup(fingerprintTable(summary))}</div>
<div>${tableMarkup(runTable(summary))}</div>
</div>
</section>`;
}

/** What each variant was: its path, its settings, its packet rules, and what it could not show. */
export function configuration(summary: Summary): Markup {
  return html`
<section id="configuration" aria-labelledby="configuration-title">
<h2 id="configuration-title">Configuration and rules</h2>
<p>${sentence(envoys(summary))}</p>
${summary.variants.map((variant) => variantDetails(summary, variant))}
${tableMarkup(sharedSettingsTable(summary))}
</section>`;
}

function sentence(texts: readonly string[]): string {
  if (texts.length === 0) return 'No Envoy was measured.';
  return `Measured: ${texts.join('; ')}.`;
}

function variantDetails(summary: Summary, variant: VariantSummary): Markup {
  const lacking = variant.missingSignals;
  return html`
<details><summary>${nameOf(variant)}</summary>
<p>${visible(variant.path, 400)}</p>
${lacking.length === 0 ? NOTHING : html`<p class="quiet">It cannot show: ${lacking.join('; ')}.</p>`}
${tableMarkup(ownSettingsTable(summary, variant))}
${hasRows(rulesTable(variant)) ? tableMarkup(rulesTable(variant)) : html`<p class="quiet">It has no packet rules.</p>`}
</details>`;
}

/** What the scenario is about, and the words of this report. */
export function reading(summary: Summary): Markup {
  return html`
<section id="reading" aria-labelledby="reading-title">
<h2 id="reading-title">How to read this</h2>
${(summary.description ?? '')
  .split(/\n\s*\n/u)
  .filter((paragraph) => paragraph.trim() !== '')
  .map((paragraph) => html`<p>${paragraph.replace(/\s+/gu, ' ').trim()}</p>`)}
<dl class="terms">${GLOSSARY.map(
    ({ term, meaning }) => html`
<dt>${term}</dt><dd>${meaning}</dd>`,
  )}</dl>
</section>`;
}

/** The command that repeats the run, what has to be the same for that, and the files beside the report. */
export function repeating(context: ReportContext): Markup {
  return html`
<section id="repeating" aria-labelledby="repeating-title">
<h2 id="repeating-title">How to repeat it</h2>
<p>The seed gives the same trials in the same order. Numbers can be compared where machine, kernel and Envoy are the same: the fingerprint says what these were.</p>
<pre><code>${context.command}</code></pre>
<p><code>bin/meshbench report</code> with the folder of this page draws it again, from the record alone.</p>
<h3>Files beside this report</h3>
<ul class="doubts">${context.files.map(({ name, what }) => html`<li><a href="${relative(name)}"><code>${visible(name, 200)}</code></a>: ${what}</li>`)}</ul>
</section>`;
}

/** A link that can only lead to a file below this one: parts are encoded, none leads up, `./` keeps schemes out. */
function relative(name: string): string {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.' && part !== '..');
  return `./${parts.map(encodeURIComponent).join('/')}`;
}
