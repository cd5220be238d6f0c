import type { Summary, VariantSummary } from '../../summary/index.ts';
import { FULL, HALF, PHONE } from '../charts/chart.ts';
import { SIGNALS, seriesChart } from '../charts/series.ts';
import { spectrumChart } from '../charts/spectrum.ts';
import { TRIAL_QUANTILES, trialsChart } from '../charts/trials.ts';
import { millis, time } from '../figures.ts';
import { type Figure, figureMarkup } from '../html/figure.ts';
import { variantLegend } from '../html/figures.ts';
import { pageText } from '../html/page.ts';
import { tableMarkup } from '../html/table.ts';
import { html, type Markup, NOTHING } from '../html/template.ts';
import { numbers, type Table, value, words } from '../table.ts';
import { nameOf, systemCpu } from '../variants.ts';
import { visible } from '../visible.ts';
import { SITE_POLICY, SITE_STYLE } from './site.ts';

/** Lines beyond these are told apart by nobody. */
export const MOST_LAID = 8;
/** Variants that can be chosen from. */
const MOST_OFFERED = 200;

/** A variant of a run that can be laid over others. */
export interface Layer {
  /** By which the server is asked for it. */
  readonly key: string;
  /** Of its run, as an address has it. */
  readonly run: string;
  /** Of its run, as people read it. */
  readonly label: string;
  readonly summary: Summary;
  readonly variant: VariantSummary;
  readonly chosen: boolean;
}

/** Variants of several runs over each other in the same charts, and the form that chooses them. */
export async function overlayPage(layers: readonly Layer[], runs: readonly string[]): Promise<string> {
  const laid = layers.filter(({ chosen }) => chosen).slice(0, MOST_LAID);
  const figures: Markup[] = [];
  const together = laidTogether(laid);
  if (together !== undefined) {
    for (const one of figuresOf(together)) figures.push(await figureMarkup(one));
  }
  return pageText({
    title: html`Overlay`,
    skipTo: 'results',
    policy: SITE_POLICY,
    style: SITE_STYLE,
    sections: [
      ['results', 'Overlay'],
      ['choice', 'Choose others'],
    ],
    opening: html`<header>
<p class="eyebrow"><a href="/">← all runs</a></p>
<h1>${laid.length === 0 ? 'Nothing is chosen' : `${laid.length} variants over each other`}</h1>
${isOfSeveral(laid) ? html`<p class="notice">These are of different runs: what the machine was like in each hour is in every difference. Compare them for intervals, and gate for an answer.</p>` : NOTHING}
</header>`,
    main: html`
<section id="results" aria-labelledby="results-title">
<h2 id="results-title">Overlay</h2>
${tableMarkup(resultsTable(laid))}
${figures}
</section>
<section id="choice" aria-labelledby="choice-title">
<h2 id="choice-title">Choose others</h2>
${choice(layers.slice(0, MOST_OFFERED), runs)}
</section>`,
    foot: html`Drawn by meshbench from the records alone. All times are in UTC.`,
  });
}

function isOfSeveral(laid: readonly Layer[]): boolean {
  return new Set(laid.map(({ run }) => run)).size > 1;
}

/** The chosen variants as those of one run, so that the charts of reports draw them: each has a look of its own. */
function laidTogether(laid: readonly Layer[]): Summary | undefined {
  const [first] = laid;
  if (first === undefined) return undefined;
  const variants = laid.map((layer) => {
    const name = nameOfLayer(layer, laid);
    return { ...layer.variant, name, base: name, axes: {} };
  });
  return { ...first.summary, variants, comparisons: [] };
}

function nameOfLayer({ label, variant }: Layer, laid: readonly Layer[]): string {
  return isOfSeveral(laid) ? `${variant.name}, ${label}` : variant.name;
}

function figuresOf(summary: Summary): readonly Figure[] {
  const common = { legend: variantLegend(summary) };
  const some = <Value>(one: Value | undefined): readonly Value[] => (one === undefined ? [] : [one]);
  return [
    {
      ...common,
      title: 'Response time by percentile',
      reading: 'The share of requests (across) that were answered within a time (up). Both scales are logarithmic.',
      charts: some(spectrumChart(summary, summary.variants, '', [FULL, PHONE])),
      absent: 'There is no spectrum: no request was measured.',
    },
    {
      ...common,
      title: 'Every trial',
      reading: 'One mark per trial of a whole block; the upright line is their median.',
      charts: TRIAL_QUANTILES.flatMap((quantile) => some(trialsChart(summary, quantile))),
      absent: 'There are no trials to draw.',
    },
    {
      ...common,
      title: 'Second by second',
      reading: 'Medians over trials of every second of the measurement.',
      charts: [SIGNALS.p99, SIGNALS.p50].flatMap((signal) =>
        some(seriesChart(summary, summary.variants, signal, { widths: [HALF, PHONE] })),
      ),
      absent: 'There is no series: no second was measured whole.',
    },
  ];
}

function resultsTable(laid: readonly Layer[]): Table {
  return {
    caption: 'Medians over trials',
    columns: [
      words('Variant'),
      words('Run'),
      ...['Trials', 'p50', 'p90', 'p99', 'CPU per 1,000 requests'].map((title) => numbers(title)),
    ],
    rows: laid.map(({ label, variant }) => [
      { text: nameOf(variant) },
      { text: visible(label, 120) },
      { text: String(variant.perTrial.length) },
      ...(['p50', 'p90', 'p99'] as const).map((quantile) =>
        value(variant.responseNs[quantile], time, variant.responseNs.reasons, quantile),
      ),
      value(systemCpu(variant), millis, variant.cpu.reasons, 'cpuMsPer1k'),
    ]),
  };
}

function choice(layers: readonly Layer[], runs: readonly string[]): Markup {
  return html`
<form method="get" action="/overlay">
${runs.map((run) => html`<input type="hidden" name="run" value="${run}">`)}
<ul class="variants">${layers.map(
    ({ key, label, variant, chosen }) => html`
<li><label><input class="tick" type="checkbox" name="variant" value="${key}"${chosen ? html` checked` : NOTHING}><span>${nameOf(variant)}, ${visible(label, 120)}</span></label></li>`,
  )}</ul>
<p class="actions"><button>Overlay</button><span class="quiet">${MOST_LAID} at most</span></p>
</form>`;
}
