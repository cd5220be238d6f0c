import type { Summary } from '../../summary/index.ts';
import { html, type Markup, NOTHING } from './template.ts';

/** Doubts of the first screen: they come most important first. */
const FIRST = 3;

/** What might be wrong with these numbers, before any of them is shown; the rest stands below the results. */
export function firstDoubts({ doubts }: Summary): Markup {
  const first = doubts.slice(0, FIRST).map((doubt) => html`<li>${doubt}</li>`);
  const rest = doubts.length - first.length;
  const more = rest > 0 ? html`<p><a href="#more-doubts">${rest} more to doubt</a></p>` : NOTHING;
  const list =
    first.length === 0
      ? html`<p>No check of this run raised a doubt. That is not proof: read what <a href="#harness">the harness</a> did.</p>`
      : html`<ol class="doubts">${first}</ol>${more}`;
  return html`
<section id="doubts" class="first" aria-labelledby="doubts-title">
<h2 id="doubts-title">What to doubt</h2>
${list}
</section>`;
}

/** The title of what the first screen has no room for: further doubts, and notes of the run; undefined without any. */
export function moreTitle({ doubts, notes }: Summary): string | undefined {
  if (doubts.length > FIRST) return 'More to doubt';
  return notes.length > 0 ? NOTES : undefined;
}

const NOTES = 'Notes from the run';

/** The doubts that the first screen has no room for, and the notes of the run. */
export function moreDoubts(summary: Summary): Markup {
  const title = moreTitle(summary);
  if (title === undefined) return NOTHING;
  const rest = summary.doubts.slice(FIRST).map((doubt) => html`<li>${doubt}</li>`);
  const notes = summary.notes.map((note) => html`<li>${note}</li>`);
  return html`
<section id="more-doubts" aria-labelledby="more-doubts-title">
<h2 id="more-doubts-title">${title}</h2>
${rest.length === 0 ? NOTHING : html`<ol class="doubts" start="${FIRST + 1}">${rest}</ol>`}
${rest.length > 0 && notes.length > 0 ? html`<h3>${NOTES}</h3>` : NOTHING}
${notes.length === 0 ? NOTHING : html`<ul class="doubts">${notes}</ul>`}
</section>`;
}
