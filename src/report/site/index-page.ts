import { count, instant } from '../figures.ts';
import { GATE_VERDICTS } from '../gate.ts';
import { pageText } from '../html/page.ts';
import { html, type Markup, NOTHING } from '../html/template.ts';
import { visible } from '../visible.ts';
import { type Marked, VERDICTS } from '../words.ts';
import { fileLink, liveLink, SITE_POLICY, SITE_STYLE, type Site, type SitePaper, type SiteRun } from './site.ts';

/** How a run ended, in a word with its tone. */
export const STATES: Readonly<Record<SiteRun['state'], Marked>> = {
  running: { symbol: '▸', word: 'running', tone: 'same' },
  complete: { symbol: '✓', word: 'complete', tone: 'good' },
  'time-limit': { symbol: '!', word: 'out of time', tone: 'unsure' },
  'too-many-vetoes': { symbol: '!', word: 'too many vetoes', tone: 'unsure' },
  'not-certified': { symbol: '!', word: 'not certified', tone: 'unsure' },
  interrupted: { symbol: '!', word: 'interrupted', tone: 'unsure' },
  'component-failed': { symbol: '✕', word: 'a component failed', tone: 'bad' },
  'internal-error': { symbol: '✕', word: 'internal error', tone: 'bad' },
  killed: { symbol: '!', word: 'killed', tone: 'unsure' },
};

/** The first page: everything below reports/, with runs to tick. */
export function indexPage(site: Site): string {
  const running = site.runs.filter(({ state }) => state === 'running');
  return pageText({
    title: html`Runs`,
    skipTo: 'runs',
    policy: SITE_POLICY,
    style: SITE_STYLE,
    sections: [
      ['runs', 'Runs'],
      ['papers', 'Gates, proofs and histories'],
    ],
    opening: html`<header>
<p class="eyebrow">meshbench · reports</p>
<h1>What was measured here</h1>
${running.map(
  ({ id, scenario }) =>
    html`<p class="notice"><a href="${liveLink(id)}">${visible(scenario, 80)} is being measured now</a>. What is computed here meanwhile takes processor time from it.</p>`,
)}
<p class="answer">${answer(site)}</p>
</header>`,
    main: html`
<section id="runs" aria-labelledby="runs-title">
<h2 id="runs-title">Runs</h2>
${runsForm(site.runs)}
</section>
<section id="papers" aria-labelledby="papers-title">
<h2 id="papers-title">Gates, proofs and histories</h2>
${papersTable(site.papers)}
</section>`,
    foot: html`Served by meshbench to this machine alone, from the files below its folder of reports. All times are in UTC.`,
  });
}

function answer({ runs, papers, left }: Site): string {
  const scenarios = new Set(runs.map(({ scenario }) => scenario)).size;
  const rest = left === 0 ? '' : ` ${count(left)} older ones are not listed.`;
  if (runs.length === 0) return `No run yet: npm run bench quickstart makes one.${rest}`;
  return `${some(runs.length, 'run')} of ${some(scenarios, 'scenario')}, ${some(papers.length, 'gate, proof or history', 'gates, proofs and histories')}.${rest}`;
}

function some(number: number, one: string, many = `${one}s`): string {
  return `${count(number)} ${number === 1 ? one : many}`;
}

function runsForm(runs: readonly SiteRun[]): Markup {
  if (runs.length === 0) return html`<p>There is none.</p>`;
  return html`
<form method="get" action="/compare">
<p>Tick two or more to compare them with the lowest ticked one, or to lay their variants over each other.</p>
<p class="actions"><button>Compare</button><button formaction="/overlay">Overlay</button></p>
<div class="scroll" role="region" aria-label="Runs, newest first" tabindex="0">
<table class="runs">
<caption><span>Newest first</span></caption>
<thead><tr><th scope="col">Scenario</th><th scope="col">Tick</th><th scope="col">Started</th><th scope="col">Verdict</th><th scope="col">How it ended</th><th scope="col" class="end">Blocks</th><th scope="col" class="start">Runtime</th></tr></thead>
<tbody>${runs.map(runRow)}
</tbody>
</table>
</div>
</form>`;
}

function runRow(run: SiteRun): Markup {
  const { id, scenario, question, startedAt, runtime, state, verdict, blocks, vetoed } = run;
  const name = visible(scenario, 80);
  const started = instant(visible(startedAt, 40));
  const link = run.hasReport ? fileLink(`${id}/report.html`) : liveLink(id);
  const spoiled = vetoed === 0 ? NOTHING : html`<small>${count(vetoed)} trials vetoed</small>`;
  return html`
<tr><th scope="row"><a href="${link}">${name}</a><small>${visible(question, 200)}</small></th><td><input class="tick" type="checkbox" name="run" value="${id}" aria-label="${name} of ${started}"></td><td class="start">${started}</td><td>${verdict === null ? html`–` : mark(VERDICTS[verdict])}</td><td>${mark(STATES[state])}</td><td class="end">${blocks === null ? html`–` : html`${count(blocks)}`}${spoiled}</td><td class="start">${visible(runtime, 60)}</td></tr>`;
}

/** A word with its symbol, in its tone. */
export function mark({ symbol, word, tone }: Marked): Markup {
  return html`<span class="${tone}">${symbol} ${word}</span>`;
}

function papersTable(papers: readonly SitePaper[]): Markup {
  if (papers.length === 0) return html`<p>There is none: npm run gate makes one.</p>`;
  return html`
<div class="scroll" role="region" aria-label="Gates, proofs and histories, newest first" tabindex="0">
<table>
<caption><span>Newest first</span></caption>
<thead><tr><th scope="col">What</th><th scope="col">Scenario</th><th scope="col">Started</th><th scope="col">Verdict</th></tr></thead>
<tbody>${papers.map(
    ({ kind, scenario, startedAt, verdict, path }) => html`
<tr><th scope="row"><a href="${fileLink(path)}">${kind}</a></th><td>${visible(scenario, 80)}</td><td>${startedAt === null ? html`–` : html`${instant(visible(startedAt, 40))}`}</td><td>${verdict === null ? html`–` : mark(GATE_VERDICTS[verdict])}</td></tr>`,
  )}
</tbody>
</table>
</div>`;
}
