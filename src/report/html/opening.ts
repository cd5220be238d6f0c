import { answer, type Comparison, isAboutEvents, type Summary } from '../../summary/index.ts';
import { facts } from '../facts.ts';
import { isAboutConfiguration } from '../has-figures.ts';
import { candidateName, difference, HEADLINE, hasManyPairs, pairName } from '../tables/comparisons.ts';
import { visible } from '../visible.ts';
import { CONCLUSIONS, metricName, notices, VERDICTS } from '../words.ts';
import { firstDoubts } from './doubts.ts';
import { html, type Markup, NOTHING } from './template.ts';

/** Question, answer, conclusions, what to doubt first, and what was run: the first screen. */
export function opening(summary: Summary): Markup {
  return html`
<header>
<p class="eyebrow">meshbench · ${visible(summary.scenario, 80)}</p>
<h1>${visible(summary.question, 400)}</h1>
${notices(summary).map((notice) => html`<p class="notice">${notice}</p>`)}
<p class="answer">${unbroken(answer(summary))}</p>
${conclusions(summary)}
${verdict(summary)}
${firstDoubts(summary)}
<ul class="facts">${facts(summary).map((fact) => html`<li>${fact}</li>`)}</ul>
</header>`;
}

/** Keeps numbers and their units on one line. */
function unbroken(text: string): string {
  return text.replace(/(?<=\d) (?=(?:[nµm]?s|min|[kMG]?B|%)(?![\p{L}\d]))/gu, '\u00a0');
}

function verdict({ verdict: given, verdictReasons }: Summary): Markup {
  const { symbol, word, tone } = VERDICTS[given];
  return html`
<div class="verdict"><span class="badge ${tone}">${symbol} ${word}</span>${verdictReasons.map((reason) => html`<p class="quiet">${reason}</p>`)}</div>`;
}

/** Metrics that are concluded about on the first screen, where there is room for more than one. */
const TOLD = [HEADLINE, 'responseNs.p99', 'achievedRate', 'cpuMsPer1k', 'rssBytes'];
/** Most conclusions of the first screen. */
const MOST_CONCLUSIONS = 12;

/**
 * What was found about each pair: in several metrics, or in the headline alone where pairs are many. Where a run is about
 * something else, only what could be told.
 */
function conclusions(summary: Summary): Markup {
  const many = hasManyPairs(summary);
  const told = summary.comparisons.filter(
    ({ metric, difference: found, conclusion: told }) =>
      found !== null &&
      (many ? metric === HEADLINE : TOLD.includes(metric)) &&
      !(told === 'cannot-tell' && (isAboutEvents(summary) || isAboutConfiguration(summary))),
  );
  if (told.length === 0) return NOTHING;
  const several = new Set(told.map((comparison) => pairName(summary, comparison))).size > 1;
  const subject = (comparison: Comparison): string => {
    const names = several ? [candidateName(summary, comparison)] : [];
    return [...names, ...(many ? [] : [metricName(comparison.metric)])].join(', ');
  };
  const rest = told.length - MOST_CONCLUSIONS;
  return html`
<ul class="conclusions" aria-label="${many ? 'Conclusions about p50' : 'Conclusions'}">${told.slice(0, MOST_CONCLUSIONS).map((comparison) => conclusion(subject(comparison), comparison))}</ul>${
    rest > 0 ? html`<p class="quiet">… and ${rest} more, in the <a href="#results">results</a>.</p>` : NOTHING
  }`;
}

function conclusion(subject: string, comparison: Comparison): Markup {
  const { symbol, word, tone } = CONCLUSIONS[comparison.conclusion];
  const { text, detail = '' } = difference(comparison);
  return html`
<li><span class="${tone}">${symbol} ${word}</span> ${subject} <strong>${text}</strong> <small>${detail}</small></li>`;
}
