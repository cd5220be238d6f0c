import type { Config } from 'vega-lite';
import { LOOKS } from '../variants.ts';

/** Shapes by look, so that variants differ without colour. */
export const SHAPES = [
  'circle',
  'square',
  'triangle-up',
  'diamond',
  'cross',
  'triangle-down',
  'triangle-right',
  'triangle-left',
];

/** How many colours there are for components that were measured, and that measured. */
export const SYSTEM_COLOURS = 6;
export const MEASURING_COLOURS = 2;

/** The colour of a variant's look. Style sheets set it for light and dark. */
export function variantColour(look: number): string {
  return `var(--v${look % LOOKS})`;
}

const LOOK_NUMBERS = SHAPES.map((_, look) => look);

/** Colour and shape by the field `look`; both without a legend, which the page draws. */
export const LOOK = {
  color: {
    field: 'look',
    type: 'nominal',
    scale: { domain: LOOK_NUMBERS, range: LOOK_NUMBERS.map(variantColour) },
    legend: null,
  },
  shape: { field: 'look', type: 'nominal', scale: { domain: LOOK_NUMBERS, range: SHAPES }, legend: null },
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
