import type { Config } from 'vega-lite';

/** Shapes, so that variants differ without colour. */
const SHAPES = [
  'circle',
  'square',
  'triangle-up',
  'diamond',
  'cross',
  'triangle-down',
  'triangle-right',
  'triangle-left',
];

/** How many colours there are for components. */
export const SYSTEM_COLOURS = 6;

/** How many colours there are for variants. */
const COLOURS = 8;

/** How many looks differ from each other; further variants start over. */
const LOOKS = COLOURS * SHAPES.length;

/** The colour of a variant's look. Style sheets set it for light and dark. */
export function variantColour(look: number): string {
  return `var(--v${look % COLOURS})`;
}

/** Shape of a look by its number: another one each time that the colours start over. */
export function shapeOf(look: number): string {
  return SHAPES[(look + Math.floor(look / COLOURS)) % SHAPES.length] ?? 'circle';
}

/** Dashes of a line of this look, in pixels: whole lines first. */
function dashOf(look: number): number[] {
  return (
    [
      [1, 0],
      [7, 3],
      [2, 3],
    ][Math.floor(look / COLOURS) % 3] ?? [1, 0]
  );
}

const LOOK_NUMBERS = Array.from({ length: LOOKS }, (_, look) => look);

/** Colour and shape by the field `look`; both without a legend, which the page draws. */
export const LOOK = {
  color: {
    field: 'look',
    type: 'nominal',
    scale: { domain: LOOK_NUMBERS, range: LOOK_NUMBERS.map(variantColour) },
    legend: null,
  },
  shape: {
    field: 'look',
    type: 'nominal',
    scale: { domain: LOOK_NUMBERS, range: LOOK_NUMBERS.map(shapeOf) },
    legend: null,
  },
} as const;

/** One line for each `order`, in the colour and dashes of its `look`. */
export const LINE = {
  color: LOOK.color,
  strokeDash: {
    field: 'look',
    type: 'nominal',
    scale: { domain: LOOK_NUMBERS, range: LOOK_NUMBERS.map(dashOf) },
    legend: null,
  },
  detail: { field: 'order', type: 'nominal' },
} as const;

/** Chart furniture: colours come from the page by custom properties, so that dark mode is the page's business alone. */
export const CONFIG: Config = {
  aria: false,
  background: 'transparent',
  font: 'sans-serif',
  view: { stroke: null },
  axis: {
    domain: false,
    ticks: false,
    grid: true,
    gridColor: 'var(--line)',
    labelColor: 'var(--muted)',
    labelFontSize: 13,
    labelPadding: 6,
    titleColor: 'var(--muted)',
    titleFontSize: 13,
    titleFontWeight: 'normal',
    titlePadding: 8,
  },
  text: { fontSize: 13, fill: 'var(--ink)' },
};
