import type { Summary } from '../summary/index.ts';
import type { ReportContext } from './context.ts';
import { chartsFirst, hasFigures, measures } from './has-figures.ts';
import { configuration, harness, machine, reading, repeating } from './html/closing.ts';
import { moreDoubts, moreTitle } from './html/doubts.ts';
import { figureMarkup } from './html/figure.ts';
import { addedFigure, figuresOf } from './html/figures.ts';
import { opening } from './html/opening.ts';
import { pageText } from './html/page.ts';
import { results } from './html/results.ts';
import { html, type Markup, NOTHING } from './html/template.ts';
import { visible } from './visible.ts';

const RESULTS = [['results', 'Results']] as const;
const CHARTS = [['charts', 'Charts']] as const;

/** The sections below the first screen, by their ids. */
function sections(summary: Summary): readonly (readonly [string, string])[] {
  const more = moreTitle(summary);
  return [
    ...(chartsFirst(summary) ? CHARTS : []),
    ...(measures(summary) ? RESULTS : []),
    ...(hasFigures(summary) && !chartsFirst(summary) ? CHARTS : []),
    ...(more === undefined ? [] : [['more-doubts', more] as const]),
    ['harness', 'The harness'],
    ['machine', 'The machine'],
    ...(measures(summary) ? [['configuration', 'Configuration and rules'] as const] : []),
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
  for (const figure of hasFigures(summary) ? figuresOf(summary) : []) figures.push(await figureMarkup(figure));
  const charts =
    figures.length === 0
      ? NOTHING
      : html`<section id="charts" aria-labelledby="charts-title">
<h2 id="charts-title">Charts</h2>
${figures}
</section>`;
  const found = measures(summary) ? results(summary, await figureMarkup(addedFigure(summary))) : NOTHING;
  const [first, second] = chartsFirst(summary) ? [charts, found] : [found, charts];
  const main = html`${first}
${second}
${moreDoubts(summary)}
${harness(summary)}
${machine(summary)}
${measures(summary) ? configuration(summary) : NOTHING}
${reading(summary)}
${repeating(context)}`;
  return pageText({
    title: html`${visible(summary.question, 200)} – ${visible(summary.scenario, 80)}`,
    skipTo: measures(summary) ? 'results' : 'harness',
    opening: opening(summary),
    sections: sections(summary),
    main,
    foot: html`Run ${visible(summary.runId, 80)}, made by meshbench ${visible(summary.meshbench, 40)} from <code>record.jsonl</code> alone. All times are in UTC.`,
  });
}
