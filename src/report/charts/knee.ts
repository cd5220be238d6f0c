import { type KneeSummary, limitOf, type Summary } from '../../summary/index.ts';
import { figure } from '../figures.ts';
import { lookOf } from '../variants.ts';
import { visible } from '../visible.ts';
import { logAxis, onLogAxis, TIME_LABEL } from './axes.ts';
import { type Chart, FULL, PHONE } from './chart.ts';
import type { ChartSpec } from './draw.ts';
import { LOOK, variantColour } from './theme.ts';

type Layer = ChartSpec['layer'][number];

const RATE_LABEL = 'format(datum.value, ",~r") + "/s"';

interface Dot {
  readonly rate: number;
  readonly ns: number;
  readonly look: number;
}

/**
 * The latency that the SLO limits over the offered rate, a mark per trial: filled where all of the SLO held. A line lies at the
 * limit, a band over the interval of each knee. Undefined where no trial was sound.
 */
export function kneeChart(summary: Summary): Chart | undefined {
  const { knees = [] } = summary;
  const limit = limitOf(knees[0]?.slo ?? '');
  const look = (variant: string): number =>
    lookOf(summary, { base: summary.variants.find(({ name }) => name === variant)?.base ?? variant });
  const dots = (held: boolean): readonly Dot[] =>
    knees.flatMap(({ variant, points }) =>
      points
        .filter((point) => point.held === held && point.latencyNs !== null && point.latencyNs > 0)
        .map(({ rate, latencyNs }) => ({ rate, ns: latencyNs ?? 0, look: look(variant) })),
    );
  const [held, missed] = [dots(true), dots(false)];
  const all = [...held, ...missed];
  const rates = logAxis(all.map(({ rate }) => rate));
  const times = logAxis([...all.map(({ ns }) => ns), ...(limit === undefined ? [] : [limit])]);
  if (rates === undefined || times === undefined) return undefined;
  const within = (rate: number): number => Math.min(Math.max(rate, rates.domain[0]), rates.domain[1]);
  const bands = knees.flatMap(({ variant, rate }) =>
    rate === null ? [] : [{ from: within(rate.lower), to: within(rate.upper), look: look(variant) }],
  );
  const rateAxis = onLogAxis('rate', rates, RATE_LABEL);
  return {
    label: `Latency over offered rate. ${knees.map(finding).join('; ')}.`,
    heading: '',
    widths: [FULL, PHONE],
    spec: (width) => ({
      height: width > 600 ? 340 : 240,
      margins: { left: 64, right: 24, top: 8, bottom: 26 },
      layer: [
        ...bands.map((band) => bandLayer(band)),
        ...(limit === undefined ? [] : [limitLayer(limit)]),
        { data: { values: [...held] }, mark: { type: 'point', filled: true, size: 60, opacity: 1 }, encoding: LOOK },
        {
          data: { values: [...missed] },
          mark: { type: 'point', filled: false, size: 60, strokeWidth: 1.5, opacity: 1 },
          encoding: LOOK,
        },
      ],
      encoding: {
        x: { ...rateAxis, axis: { ...rateAxis.axis, labelOverlap: 'greedy' } },
        y: onLogAxis('ns', times, TIME_LABEL),
      },
    }),
  };
}

function bandLayer({ from, to, look }: { readonly from: number; readonly to: number; readonly look: number }): Layer {
  return {
    data: { values: [{ rate: from, end: to }] },
    mark: { type: 'rect', color: variantColour(look), opacity: 0.18 },
    encoding: {
      x: { field: 'rate', type: 'quantitative' },
      x2: { field: 'end' },
      y: { value: 0 },
      y2: { value: 'height' },
    },
  };
}

function limitLayer(ns: number): Layer {
  return {
    data: { values: [{ ns }] },
    mark: { type: 'rule', color: 'var(--muted)', strokeDash: [6, 4] },
    encoding: { x: { value: 0 }, x2: { value: 'width' }, y: { field: 'ns', type: 'quantitative' } },
  };
}

function finding({ variant, rate, slo }: KneeSummary): string {
  const name = visible(variant, 80);
  if (rate === null) return `${name}: no knee is known`;
  const [estimate, lower, upper] = [rate.estimate, rate.lower, rate.upper].map((end) =>
    figure(Number(end.toPrecision(3)), '1/s'),
  );
  return `${name} holds ${visible(slo, 200)} up to ${estimate} (${lower} to ${upper})`;
}
