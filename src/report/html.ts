import type { Summary } from '../summary/index.ts';
import type { ReportContext } from './context.ts';
import { configuration, harness, machine, reading, repeating } from './html/closing.ts';
import { moreDoubts, moreTitle } from './html/doubts.ts';
import { figureMarkup } from './html/figure.ts';
import { addedFigure, figuresOf } from './html/figures.ts';
import { opening } from './html/opening.ts';
import { pageText } from './html/page.ts';
import { results } from './html/results.ts';
import { html, type Markup } from './html/template.ts';
import { visible } from './visible.ts';

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
  const main = html`${results(summary, await figureMarkup(addedFigure(summary)))}
<section id="charts" aria-labelledby="charts-title">
<h2 id="charts-title">Charts</h2>
${figures}
</section>
${moreDoubts(summary)}
${harness(summary)}
${machine(summary)}
${configuration(summary)}
${reading(summary)}
${repeating(context)}`;
  return pageText({
    title: html`${visible(summary.question, 200)} – ${visible(summary.scenario, 80)}`,
    skipTo: 'results',
    opening: opening(summary),
    sections: sections(summary),
    main,
    foot: html`Run ${visible(summary.runId, 80)}, made by meshbench ${visible(summary.meshbench, 40)} from <code>record.jsonl</code> alone. All times are in UTC.`,
  });
}
