import type { Summary } from '../../summary/index.ts';
import { type Chart, FULL, HALF, PHONE } from '../charts/chart.ts';
import { SIGNALS, seriesChart } from '../charts/series.ts';
import { spectrumChart } from '../charts/spectrum.ts';
import { componentColour, cpuChart, memoryChart } from '../charts/stacked.ts';
import { variantColour } from '../charts/theme.ts';
import { differencesChart, TRIAL_QUANTILES, trialsChart } from '../charts/trials.ts';
import { componentsTable, seriesTable, spectrumTable, trialsTable } from '../tables/charts.ts';
import { bases, componentNames, LOOKS, matrixPoints } from '../variants.ts';
import { visible } from '../visible.ts';
import { isMeasuring } from '../words.ts';
import { type Figure, shapeOf, swatch } from './figure.ts';
import { html, type Markup } from './template.ts';

/** Most points of a matrix that are drawn one by one; the tables hold all. */
const MOST_POINTS = 24;

/** All figures of the report, in order. */
export function figuresOf(summary: Summary): readonly Figure[] {
  return [spectrum(summary), trials(summary), costs(summary), series(summary)];
}

function spectrum(summary: Summary): Figure {
  return {
    title: 'Response time by percentile',
    reading:
      'The share of requests (across) that were answered within a time (up). Each step from 90 % to 99 % to 99.9 % leaves a tenth of the requests, so the slowest have as much room as all others. Both scales are logarithmic.',
    legend: variantLegend(summary),
    charts: perPoint(summary, (variants, heading, widths) => spectrumChart(summary, variants, heading, widths)),
    absent: 'There is no spectrum: no request was measured.',
    numbers: spectrumTable(summary),
  };
}

function trials(summary: Summary): Figure {
  return {
    title: 'Every trial, and the differences',
    reading:
      'Each trial: one mark per trial, the upright line is their median, thin lines join the trials of one block. Difference: between variants, paired by block, with its interval; one that touches zero is no finding.',
    legend: variantLegend(summary),
    charts: TRIAL_QUANTILES.flatMap((quantile) => [
      ...some(trialsChart(summary, quantile)),
      ...some(differencesChart(summary, quantile)),
    ]),
    absent: 'There are no trials to draw.',
    numbers: trialsTable(summary),
  };
}

function costs(summary: Summary): Figure {
  return {
    title: 'CPU and memory by component',
    reading:
      'The system under test in colour; in grey what measures it, which no total counts. The table below also holds run delay, PSS and peaks.',
    legend: componentLegend(summary),
    charts: [...some(cpuChart(summary)), ...some(memoryChart(summary))],
    absent: 'Usage was not sampled.',
    numbers: componentsTable(summary),
  };
}

function series(summary: Summary): Figure {
  const errors = summary.variants.some((variant) => variant.errors > 0);
  const signals = [SIGNALS.p99, SIGNALS.p50, SIGNALS.requests, ...(errors ? [SIGNALS.errors] : [])];
  const [alone, ...others] = matrixPoints(summary);
  const charts =
    others.length === 0
      ? signals.flatMap((signal) =>
          some(seriesChart(summary, alone?.variants ?? [], signal, { widths: [HALF, PHONE] })),
        )
      : perPoint(summary, (variants, heading, widths) =>
          seriesChart(summary, variants, SIGNALS.p99, { heading, widths }),
        );
  return {
    title: 'Second by second',
    reading: `${others.length === 0 ? '' : 'p99 at every point of the matrix. '}Medians over trials of every second of the measurement. Dashed upright lines are events.`,
    legend: variantLegend(summary),
    charts,
    absent: 'There is no series: no second was measured whole.',
    numbers: seriesTable(summary),
  };
}

/** One wide chart without a matrix, or one small chart for each of its points. */
function perPoint(
  summary: Summary,
  chart: (variants: Summary['variants'], heading: string, widths: readonly number[]) => Chart | undefined,
): readonly Chart[] {
  const points = matrixPoints(summary);
  const widths = points.length > 1 ? [PHONE] : [FULL, PHONE];
  return points.slice(0, MOST_POINTS).flatMap(({ label, variants }) => some(chart(variants, label, widths)));
}

function some<Value>(value: Value | undefined): readonly Value[] {
  return value === undefined ? [] : [value];
}

function variantLegend(summary: Summary): Markup {
  return legend(
    bases(summary).map((base, index) => ({
      name: base,
      sample: swatch(variantColour(index % LOOKS), shapeOf(index)),
    })),
  );
}

function componentLegend(summary: Summary): Markup {
  return legend(
    componentNames(summary).map((name) => ({
      name: isMeasuring(name) ? `${name} (measures)` : name,
      sample: swatch(componentColour(summary, name)),
    })),
  );
}

function legend(entries: readonly { readonly name: string; readonly sample: Markup }[]): Markup {
  return html`<ul class="legend">${entries.map(({ name, sample }) => html`<li>${sample}${visible(name, 80)}</li>`)}</ul>`;
}
