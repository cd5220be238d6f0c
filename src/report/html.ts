import type { Summary } from '../summary/index.ts';
import type { ReportContext } from './context.ts';
import { configuration, harness, machine, reading, repeating } from './html/closing.ts';
import { moreDoubts, moreTitle } from './html/doubts.ts';
import { figureMarkup } from './html/figure.ts';
import { addedFigure, figuresOf } from './html/figures.ts';
import { opening } from './html/opening.ts';
import { results } from './html/results.ts';
import { STYLE } from './html/style.ts';
import { html, type Markup, raw } from './html/template.ts';
import { visible } from './visible.ts';

/** Nothing may be loaded or run: the page is whole as it is. */
export const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/** The sections below the first screen, by their ids. */
function sections(summary: Summary): readonly (readonly [string, string])[] {
  const more = moreTitle(summary);
  return [
    ['results', 'Results'],
    ['charts', 'Charts'],
    ...(more === undefined ? [] : [['more-doubts', more] as const]),
    ['harness', 'The harness'],
    ['machine', 'The machine'],
    ['configuration', 'Configuration and rules'],
    ['reading', 'How to read this'],
    ['repeating', 'How to repeat it'],
  ];
}

/**
 * The report as one HTML page: no script, no request, the same bytes for the same summary and context.
 * Every text of the summary is shown as text, whatever it holds.
 */
export async function renderHtml(summary: Summary, context: ReportContext): Promise<string> {
  const figures: Markup[] = [];
  for (const figure of figuresOf(summary)) figures.push(await figureMarkup(figure));
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${visible(summary.question, 200)} – ${visible(summary.scenario, 80)} – meshbench</title>
<link rel="icon" href="data:,">
<style>${raw(STYLE)}</style>
</head>
<body>
<a class="skip" href="#results">Skip to the results</a>
${opening(summary)}
<nav aria-label="Sections"><ul>${sections(summary).map(([id, title]) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
<main>
${results(summary, await figureMarkup(addedFigure(summary)))}
<section id="charts" aria-labelledby="charts-title">
<h2 id="charts-title">Charts</h2>
${figures}
</section>
${moreDoubts(summary)}
${harness(summary)}
${machine(summary)}
${configuration(summary)}
${reading(summary)}
${repeating(context)}
</main>
<footer>
<p>Run ${visible(summary.runId, 80)}, made by meshbench ${visible(summary.meshbench, 40)} from <code>record.jsonl</code> alone. All times are in UTC.</p>
</footer>
</body>
</html>
`;
  return page.text;
}
