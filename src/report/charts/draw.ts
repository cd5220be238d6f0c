import type { LoggerInterface } from 'vega';
import type { TopLevelSpec } from 'vega-lite';
import { BenchError } from '../../units/index.ts';
import { CONFIG } from './theme.ts';

/** Everything that vega draws a chart with. Anything else in its output means that text became markup. */
const ELEMENTS = new Set(['svg', 'g', 'path', 'line', 'text', 'rect', 'tspan']);

/** Room around the marks in pixels, for the labels of axes; Vega would guess it, without a font to measure with. */
interface Margins {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** A chart without its width; `height` is that of the marks alone. */
export interface ChartSpec extends Pick<Extract<TopLevelSpec, { layer: unknown }>, 'layer' | 'encoding'> {
  readonly height: number;
  readonly margins: Margins;
}

/**
 * Draws a chart as SVG, `width` pixels wide. No canvas, no network, nothing random: the same chart gives the same text.
 * Vega is loaded at the first call, since it takes longer than every command that draws nothing.
 * @throws BenchError internal, where vega drew something that no chart of ours holds.
 */
export async function draw(
  spec: ChartSpec,
  width: number,
  onWarning: (text: string) => void = () => {},
): Promise<string> {
  const [vega, vegaLite] = await Promise.all([import('vega'), import('vega-lite')]);
  const logger = listener(onWarning);
  const { margins, ...marks } = spec;
  const inner = width - margins.left - margins.right;
  const sized: TopLevelSpec = { ...marks, width: inner, padding: { ...margins }, autosize: 'none', config: CONFIG };
  const compiled = vegaLite.compile(sized, { logger }).spec;
  const view = new vega.View(vega.parse(compiled), { renderer: 'none', logger, loader: refuseAll(vega.loader()) });
  try {
    return checked(rounded(unnamed(await view.toSVG())));
  } finally {
    view.finalize();
  }
}

/** A loader that loads nothing: every value of a chart is in its specification. */
function refuseAll<Loader extends object>(loader: Loader): Loader {
  const refuse = (): Promise<never> => Promise.reject(new Error('charts load nothing'));
  return Object.assign(loader, { load: refuse, sanitize: refuse, http: refuse, file: refuse });
}

function listener(onWarning: (text: string) => void): LoggerInterface {
  const hear = (...texts: readonly unknown[]): LoggerInterface => {
    onWarning(texts.join(' '));
    return logger;
  };
  const ignore = (): LoggerInterface => logger;
  const level = ((value?: number) => (value === undefined ? 0 : logger)) as LoggerInterface['level'];
  const logger: LoggerInterface = { level, error: hear, warn: hear, info: ignore, debug: ignore };
  return logger;
}

/** Besides, what says nothing, what SVG takes for granted, or what the page's style sheet says: a third of a drawing. */
const UNNEEDED =
  / (?:(?:role|class|aria-[a-z]+|font-family)="[^"]*"|(?:opacity|stroke-width)="1"|[xy]2="0"|pointer-events="none"|transform="translate\(0,0\)")/gu;
/** Paths without a length, which Vega draws for every group. */
const EMPTY = /<path d="(?:M0,0h0v0h0Z)?"(?: display="none")?\/>/gu;

/**
 * Without Vega's roles and classes: a drawing is one image with one name, which the page gives it, and images within it
 * that have none are what a screen reader stumbles over.
 */
function unnamed(svg: string): string {
  return svg.replace(/<[a-z][^<>]*>/gu, (tag) => tag.replace(UNNEEDED, '')).replace(EMPTY, '');
}

/** Two decimals are a hundredth of a pixel; more is bytes, and differs between processors in the last place. */
function rounded(svg: string): string {
  return svg.replace(/ (?:d|transform|x2|y2|width|height)="[^"<>]*"/gu, (attribute) =>
    attribute.replace(/-?\d+\.\d{3,}(?:e-?\d+)?/gu, (number) => String(Number(Number(number).toFixed(2)))),
  );
}

function checked(svg: string): string {
  for (const [, element] of svg.matchAll(/<\/?([^\s/>]+)/gu)) {
    if (!ELEMENTS.has(element ?? '')) {
      throw new BenchError('internal', 'chart-markup', `a chart holds the element "${element}"`, {
        hint: 'please report this: a text of the record became markup',
      });
    }
  }
  return svg;
}
