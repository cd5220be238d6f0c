import type { ChartSpec } from './draw.ts';

/** Widths in pixels: the page's column, half of it, and a phone. */
export const FULL = 1030;
export const HALF = 490;
export const PHONE = 340;

/** One chart as the page shows it. */
export interface Chart {
  /** The finding in words, for who cannot see it. */
  readonly label: string;
  /** A few words above the drawing; empty where the figure's own title is enough. */
  readonly heading: string;
  /** Widths in which it is drawn: a wide one and a phone's, between which the style sheet chooses, or a phone's alone. */
  readonly widths: readonly number[];
  /** The drawing for one of these widths. */
  spec(width: number): ChartSpec;
}
