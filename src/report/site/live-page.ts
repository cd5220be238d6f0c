import { formatDuration, nanos } from '../../units/index.ts';
import { count, instant } from '../figures.ts';
import { pageText } from '../html/page.ts';
import { html, type Markup, NOTHING } from '../html/template.ts';
import { visible } from '../visible.ts';
import { mark, STATES } from './index-page.ts';
import { fileLink, type LiveRun, type LiveTrial, SITE_POLICY, SITE_STYLE } from './site.ts';

/** Where the server has {@link LIVE_SCRIPT}. */
export const LIVE_SCRIPT_PATH = '/live.js';

/** What a live page is told after every trial: texts that stand as they are, and a share. */
export interface LiveUpdate {
  readonly progress: string;
  readonly share: number;
  readonly trials: readonly (readonly [block: string, variant: string, outcomes: string, vetoes: string])[];
}

/** Puts what the server says into the page, as text; at the end the page is loaded again, which then is one of a run that has ended. */
export const LIVE_SCRIPT = `'use strict';
const live = document.getElementById('live');
const source = new EventSource(live.dataset.events);
source.onmessage = ({ data }) => {
  const { progress, share, trials } = JSON.parse(data);
  document.getElementById('progress').value = share;
  const said = document.getElementById('said');
  if (said.textContent !== progress) said.textContent = progress;
  document.getElementById('trials').replaceChildren(
    ...trials.map((cells) => {
      const row = document.createElement('tr');
      row.append(
        ...cells.map((text, index) => {
          const cell = document.createElement(index === 0 ? 'th' : 'td');
          if (index === 0) cell.scope = 'row';
          cell.textContent = text;
          return cell;
        }),
      );
      return row;
    }),
  );
};
source.addEventListener('end', () => {
  source.close();
  location.reload();
});
`;

/** What of a run's state a live page shows. */
export function liveUpdate({ whole, wanted, vetoed, leftNs, trials }: LiveRun): LiveUpdate {
  const rest = whole < wanted ? `, about ${formatDuration(nanos(leftNs))} left without further vetoes` : '';
  return {
    progress: `${count(whole)} of ${count(wanted)} blocks are whole, ${count(vetoed)} trials vetoed${rest}`,
    share: wanted > 0 ? Math.min(1, whole / wanted) : 0,
    trials: trials.map(cells),
  };
}

function cells({ block, variant, outcomes, vetoes }: LiveTrial): LiveUpdate['trials'][number] {
  return [count(block + 1), visible(variant, 120), visible(outcomes, 200), visible(vetoes, 400)];
}

/** The page of one run: how far it has come, or how it ended and where its report is. */
export function livePage(live: LiveRun, events: string): string {
  const { run } = live;
  const update = liveUpdate(live);
  const isRunning = run.state === 'running';
  const started = instant(visible(run.startedAt, 40));
  return pageText({
    title: html`${visible(run.scenario, 80)} – ${started}`,
    skipTo: 'live',
    policy: SITE_POLICY,
    style: SITE_STYLE,
    ...(isRunning ? { script: LIVE_SCRIPT_PATH } : {}),
    sections: [['live', 'Progress']],
    opening: html`<header>
<p class="eyebrow"><a href="/">← all runs</a></p>
<h1>${visible(run.question, 400)}</h1>
<p class="answer">${visible(run.scenario, 80)}, ${started}: ${mark(STATES[run.state])}</p>
${run.hasReport ? html`<p><a href="${fileLink(`${run.id}/report.html`)}">Its report</a></p>` : NOTHING}
</header>`,
    main: html`
<section id="live" aria-labelledby="live-title" data-events="${events}">
<h2 id="live-title">Progress</h2>
<p id="said" role="status">${update.progress}</p>
<progress id="progress" max="1" value="${String(update.share)}" aria-label="Whole blocks of those that are wanted"></progress>
${trialsTable(update)}
</section>`,
    foot: html`Read from the record while it is being written; what it says stands in the report, once there is one.`,
  });
}

function trialsTable({ trials }: LiveUpdate): Markup {
  return html`
<div class="scroll" role="region" aria-label="The last trials, newest first" tabindex="0">
<table>
<caption><span>The last trials, newest first</span></caption>
<thead><tr><th scope="col">Block</th><th scope="col">Variant</th><th scope="col">Requests</th><th scope="col">Vetoes</th></tr></thead>
<tbody id="trials">${trials.map(
    ([block, ...others]) => html`
<tr><th scope="row">${block}</th>${others.map((text) => html`<td>${text}</td>`)}</tr>`,
  )}
</tbody>
</table>
</div>`;
}
