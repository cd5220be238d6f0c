import { type Chart, FULL, PHONE } from './chart.ts';
import type { ChartSpec } from './draw.ts';
import { LINE, LOOK } from './theme.ts';

/** How often gates find a difference of a size, for one metric. */
export interface PowerCurve {
  readonly name: string;
  readonly look: number;
  readonly points: readonly { readonly multiple: number; readonly share: number }[];
}

/** The share of gates that find a difference (up) over its size in tolerances (across), with the bars that it must reach. */
export function powerChart(
  curves: readonly PowerCurve[],
  bars: readonly { readonly multiple: number; readonly share: number }[],
  finding: string,
): Chart | undefined {
  const values = curves.flatMap(({ points, look }, order) =>
    points
      .filter(({ multiple, share }) => Number.isFinite(multiple) && Number.isFinite(share))
      .toSorted((one, other) => one.multiple - other.multiple)
      .map(({ multiple, share }) => ({ x: multiple, y: share, look, order })),
  );
  if (values.length === 0) return undefined;
  const most = values.reduce((largest, { x }) => Math.max(largest, x), 2.1);
  const least = values.reduce((smallest, { x }) => Math.min(smallest, x), 0);
  return {
    label: `Power. ${finding}`,
    heading: '',
    widths: [FULL, PHONE],
    spec: () => ({
      height: 220,
      margins: { left: 56, right: 20, top: 10, bottom: 46 },
      layer: [
        {
          data: {
            values: bars.map(({ multiple, share }) => ({ x: multiple - 0.09, until: multiple + 0.09, y: share })),
          },
          mark: { type: 'rule', stroke: 'var(--ink)', strokeWidth: 3 },
          encoding: { x2: { field: 'until' } },
        },
        { data: { values }, mark: { type: 'line', strokeWidth: 1.5 }, encoding: LINE },
        { data: { values }, mark: { type: 'point', filled: true, size: 70, opacity: 1 }, encoding: LOOK },
      ],
      encoding: { x: multipleAxis(least, most), y: SHARES },
    }),
  };
}

function multipleAxis(least: number, most: number) {
  return {
    field: 'x',
    type: 'quantitative' as const,
    title: 'size of the difference, in tolerances',
    scale: { domain: [least, 1.04 * most], nice: false, zero: false },
    axis: { labelExpr: 'format(datum.value, "~g") + " ×"', tickCount: 5 },
  } satisfies NonNullable<ChartSpec['encoding']>['x'];
}

const SHARES = {
  field: 'y',
  type: 'quantitative',
  title: null,
  scale: { domain: [0, 1], nice: false },
  axis: { labelExpr: 'format(100 * datum.value, "~r") + " %"', tickCount: 5 },
} as const satisfies NonNullable<ChartSpec['encoding']>['y'];
