import type { ChartSpec } from './draw.ts';

/** A labelled row of a chart: the name stands above the marks, so that long names cost no width. */
export interface Row {
  readonly label: string;
}

/** Most rows of one chart; the tables hold all. */
export const MOST_ROWS = 48;

type Layer = ChartSpec['layer'][number];
type Channel = NonNullable<ChartSpec['encoding']>['x'];

/** Height of the marks of row `row` on the row axis, shifted by a part of a row. */
export function at(row: number, shift = 0): number {
  return row + 0.18 + shift;
}

/**
 * A chart of rows: the layers hold `x` and `y`, and `y` comes from {@link at}.
 * Vega takes text to be wider than it is: the limit of labels allows for that.
 */
export function rowSpec(
  rows: readonly Row[],
  width: number,
  x: NonNullable<Channel>,
  layers: readonly Layer[],
): ChartSpec {
  return {
    height: rows.length * (rows.length > 6 ? 42 : 54),
    margins: { left: 8, right: 24, top: 2, bottom: 26 },
    layer: [
      ...layers,
      {
        data: { values: rows.map(({ label }, row) => ({ label, y: row - 0.32 })) },
        mark: { type: 'text', align: 'left', baseline: 'middle', limit: 1.4 * width },
        encoding: { x: { value: 0 }, text: { field: 'label', type: 'nominal' } },
      },
    ],
    encoding: {
      x,
      y: {
        field: 'y',
        type: 'quantitative',
        title: null,
        axis: null,
        scale: { domain: [-0.55, rows.length - 0.4], reverse: true, nice: false, zero: false },
      },
    },
  };
}
