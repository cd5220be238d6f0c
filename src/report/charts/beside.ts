import type { ChartSpec } from './draw.ts';

/** Pixels of a character, rather too many: Vega has no font to measure with. */
const CHARACTER = 7.2;

/** A row with a name left of the marks and a value right of them. */
export interface BesideRow {
  readonly name: string;
  readonly value: string;
}

type Channel = NonNullable<NonNullable<ChartSpec['encoding']>['x']>;

/**
 * A chart of rows with names left of the marks and values right of them, one line a row. The layers hold `x` and `y`, `y` being the
 * number of the row.
 * @param values room for the values, in pixels.
 */
export function namesBeside(
  rows: readonly BesideRow[],
  width: number,
  values: number,
  x: (width: number) => Channel,
  drawn: ChartSpec['layer'],
): ChartSpec {
  const names = CHARACTER * rows.reduce((most, { name }) => Math.max(most, name.length), 0) + 12;
  const texts = { values: rows.map((row, y) => ({ ...row, y })) };
  return {
    height: 26 * rows.length + 6,
    margins: { left: names, right: values, top: 2, bottom: 26 },
    layer: [
      ...drawn,
      {
        data: texts,
        mark: { type: 'text', align: 'left', baseline: 'middle', limit: 1.4 * names },
        encoding: { x: { value: -names }, text: { field: 'name', type: 'nominal' } },
      },
      {
        data: texts,
        mark: { type: 'text', align: 'right', baseline: 'middle' },
        encoding: { x: { value: width - names }, text: { field: 'value', type: 'nominal' } },
      },
    ],
    encoding: {
      x: x(width - names),
      y: {
        field: 'y',
        type: 'quantitative',
        title: null,
        axis: null,
        scale: { domain: [-0.6, rows.length - 0.4], reverse: true, nice: false, zero: false },
      },
    },
  };
}
