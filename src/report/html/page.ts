import { STYLE } from './style.ts';
import { html, type Markup, NOTHING, raw } from './template.ts';

/** Nothing may be loaded or run: a page is whole as it is. */
export const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/** What differs between our pages. */
export interface Page {
  readonly title: Markup;
  /** Id of the section that the first link leads to. */
  readonly skipTo: string;
  /** What stands above the navigation. */
  readonly opening: Markup;
  /** The sections that the navigation leads to: their ids and titles. */
  readonly sections: readonly (readonly [id: string, title: string])[];
  readonly main: Markup;
  readonly foot: Markup;
  /** In place of {@link POLICY}: a page of `serve`, which has forms and may have a script. */
  readonly policy?: string;
  /** Further rules of the style sheet, a constant. */
  readonly style?: string;
  /** What the page loads from its own server. */
  readonly script?: string;
}

/** The whole text of a page: no script, no request. */
export function pageText({
  title,
  skipTo,
  opening,
  sections,
  main,
  foot,
  policy = POLICY,
  style = '',
  script,
}: Page): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title} – meshbench</title>
<link rel="icon" href="data:,">
<style>${raw(STYLE + style)}</style>${
    script === undefined
      ? NOTHING
      : html`
<script src="${script}" defer></script>`
  }
</head>
<body>
<a class="skip" href="#${skipTo}">Skip to the results</a>
${opening}
<nav aria-label="Sections"><ul>${sections.map(([id, name]) => html`<li><a href="#${id}">${name}</a></li>`)}</ul></nav>
<main>
${main}
</main>
<footer>
<p>${foot}</p>
</footer>
</body>
</html>
`.text;
}
