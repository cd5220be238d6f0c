import { type Chart, FULL, PHONE } from '../charts/chart.ts';
import { draw } from '../charts/draw.ts';
import { PALE } from '../charts/spread.ts';
import { hasRows, type Table } from '../table.ts';
import { tableMarkup } from './table.ts';
import { html, type Markup, NOTHING, raw } from './template.ts';

/** Several charts under one title, with how to read them and the numbers that they show. */
export interface Figure {
  readonly title: string;
  /** How to read the charts, one or two sentences. */
  readonly reading: string;
  readonly legend: Markup;
  readonly charts: readonly Chart[];
  /** Why there is no chart; read only where there is none. */
  readonly absent: string;
  /** Folded away. */
  readonly numbers?: readonly Table[];
  /** Shown below the charts. */
  readonly tables?: readonly Table[];
}

/** Draws a figure; one after the other, since Vega keeps the processor busy anyway. */
export async function figureMarkup(figure: Figure): Promise<Markup> {
  const drawn: Markup[] = [];
  for (const chart of figure.charts) drawn.push(await chartMarkup(chart));
  const numbers = (figure.numbers ?? []).some(hasRows)
    ? html`<details><summary>Numbers: ${figure.title}</summary>${(figure.numbers ?? []).map(tableMarkup)}</details>`
    : NOTHING;
  const tables = (figure.tables ?? []).map(tableMarkup);
  if (drawn.length === 0) return html`<h3>${figure.title}</h3><p>${figure.absent}</p>${tables}${numbers}`;
  return html`
<figure>
<figcaption><h3>${figure.title}</h3><p>${figure.reading}</p></figcaption>
${figure.legend}
<div class="${layoutOf(figure)}">${drawn}</div>
${tables}
${numbers}
</figure>`;
}

/** Small charts stand three in a row, others two; a wide one takes the row. */
function layoutOf({ charts: [first] }: Figure): string {
  if (first?.widths[0] === FULL) return 'wide-panel';
  return first?.widths[0] === PHONE ? 'panels small' : 'panels';
}

async function chartMarkup(chart: Chart): Promise<Markup> {
  const [wide = 0, narrow] = chart.widths;
  const drawings = [await drawing(chart, wide, narrow === undefined ? '' : ' wide')];
  if (narrow !== undefined) drawings.push(await drawing(chart, narrow, ' narrow'));
  const heading = chart.heading === '' ? NOTHING : html`<h4>${chart.heading}</h4>`;
  return html`<div>${heading}${drawings}</div>`;
}

/** Vega's own opening tag gives way to one with a role and a name. */
async function drawing(chart: Chart, width: number, place: string): Promise<Markup> {
  const svg = await draw(chart.spec(width), width);
  const size = /^<svg [^>]*width="(?<width>[\d.]+)" height="(?<height>[\d.]+)"[^>]*>/u.exec(svg);
  const { width: w = '', height: h = '' } = size?.groups ?? {};
  const body = raw(svg.slice(size?.[0].length ?? 0));
  return html`
<svg class="chart${place}" role="img" aria-label="${chart.label}" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}">${body}`;
}

/** A sample of a colour: a square, or the shape of a variant's look. */
export function swatch(colour: string, shape = 'square'): Markup {
  const path = SWATCHES[shape] ?? SWATCHES['square'] ?? '';
  return html`<svg class="swatch" viewBox="-8 -8 16 16" aria-hidden="true"><path d="${path}" fill="${colour}"/></svg>`;
}

/** A sample of what is pale, whatever its colour. */
export function paleSwatch(): Markup {
  return html`<svg class="swatch" viewBox="-8 -8 16 16" aria-hidden="true"><path d="M-8,-5h16v10h-16Z" fill="var(--muted)" opacity="${PALE}"/></svg>`;
}

/** The shapes as Vega draws them. */
const SWATCHES: Readonly<Record<string, string>> = {
  circle: 'M6,0A6,6,0,1,1,-6,0A6,6,0,1,1,6,0',
  square: 'M-5.5,-5.5h11v11h-11Z',
  'triangle-up': 'M0,-6L7,6H-7Z',
  diamond: 'M0,-7L6,0L0,7L-6,0Z',
  cross: 'M-2,-7H2V-2H7V2H2V7H-2V2H-7V-2H-2Z',
  'triangle-down': 'M0,6L7,-6H-7Z',
  'triangle-right': 'M6,0L-6,7V-7Z',
  'triangle-left': 'M-6,0L6,7V-7Z',
};
