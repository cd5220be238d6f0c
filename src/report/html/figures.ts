import type { Summary } from '../../summary/index.ts';
import { type Chart, FULL, HALF, PHONE } from '../charts/chart.ts';
import { forestChart } from '../charts/forest.ts';
import { kneeChart } from '../charts/knee.ts';
import { SIGNALS, seriesChart } from '../charts/series.ts';
import { servicesCharts } from '../charts/services.ts';
import { spectrumChart } from '../charts/spectrum.ts';
import { spreadKind, spreadWords } from '../charts/spread.ts';
import { componentColour, cpuChart, memoryChart, systemComponents } from '../charts/stacked.ts';
import { shapeOf, variantColour } from '../charts/theme.ts';
import { TRIAL_QUANTILES, trialsChart } from '../charts/trials.ts';
import { hasRows, reasonOf } from '../table.ts';
import { componentsTable, seriesTable, spectrumTables, trialsTable } from '../tables/charts.ts';
import { configurationTables } from '../tables/configuration.ts';
import { kneesTable, kneeTrialsTable } from '../tables/knees.ts';
import { throttledTable } from '../tables/limits.ts';
import { podsTable } from '../tables/pods.ts';
import { bases, matrixPoints } from '../variants.ts';
import { visible } from '../visible.ts';
import { type Figure, paleSwatch, swatch } from './figure.ts';
import { html, type Markup, NOTHING } from './template.ts';

/** Most points of a matrix that are drawn one by one; the tables hold all. */
const MOST_POINTS = 20;

/** What each variant adds: the figure that stands among the results. */
export function addedFigure(summary: Summary): Figure {
  if (summary.knees !== undefined) return kneeFigure(summary);
  return {
    title: 'What each variant adds',
    reading:
      'The difference of each variant from its baseline, paired by block, with its interval. Whether a variant is worse goes by its ratio; where an interval here touches the line at zero, how much it adds is not known.',
    legend: NOTHING,
    charts: (['p50', 'p99'] as const).flatMap((quantile) => some(forestChart(summary, quantile))),
    absent: `No difference can be drawn: ${whyNoDifference(summary)}.`,
  };
}

function kneeFigure(summary: Summary): Figure {
  return {
    title: 'Latency over rate',
    reading:
      'One mark per trial: filled where all of the limit held, hollow where it did not or the rate was not achieved. The dashed line is the limit, a band the interval of a knee. Both scales are logarithmic.',
    legend: variantLegend(summary),
    charts: some(kneeChart(summary)),
    absent: 'No trial was sound.',
    tables: some(kneesTable(summary)),
    numbers: some(kneeTrialsTable(summary)),
  };
}

/** Why nothing that is compared has a difference. */
export function whyNoDifference({ comparisons }: Summary): string {
  const [first] = comparisons;
  return first === undefined ? 'nothing is compared' : reasonOf(first.reasons, 'difference');
}

/** All other figures of the report, in order. */
export function figuresOf(summary: Summary): readonly Figure[] {
  return [...some(services(summary)), spectrum(summary), trials(summary), costs(summary), series(summary)];
}

/** Undefined where no control plane tells of services. */
function services(summary: Summary): Figure | undefined {
  const tables = configurationTables(summary).filter(hasRows);
  if (tables.length === 0) return undefined;
  const charts = servicesCharts(summary);
  const dots = spreadKind(summary) === 'range' ? ', dots the trials themselves' : '';
  const reading = `Marks are medians over trials${dots}. A sidecar is ready when it has all of its configuration and takes connections: until then its pod cannot serve.`;
  return {
    title: 'What knowing services costs a sidecar',
    reading,
    legend: spreadLegend(summary),
    charts,
    absent: reading,
    tables,
  };
}

function spectrum(summary: Summary): Figure {
  return {
    title: 'Response time by percentile',
    reading:
      'The share of requests (across) that were answered within a time (up). Each step from 90 % to 99 % to 99.9 % leaves a tenth of the requests, so the slowest have as much room as all others. Lines are medians over trials. Both scales are logarithmic.',
    legend: spreadLegend(summary),
    charts: perPoint(summary, (variants, heading, widths) => spectrumChart(summary, variants, heading, widths)),
    absent: 'There is no spectrum: no request was measured.',
    numbers: spectrumTables(summary),
  };
}

function trials(summary: Summary): Figure {
  return {
    title: 'Every trial',
    reading:
      'One mark per trial; the upright line is their median. Where there are few variants thin lines join the trials of one block.',
    legend: variantLegend(summary),
    charts: TRIAL_QUANTILES.flatMap((quantile) => some(trialsChart(summary, quantile))),
    absent: 'There are no trials to draw.',
    numbers: some(trialsTable(summary)),
  };
}

function costs(summary: Summary): Figure {
  return {
    title: 'CPU and memory by component',
    reading:
      'The system under test, medians over trials. Hollow parts are run delay: time in which a component could run and had no processor. What measures is no part of it; the table has it, and PSS and peaks.',
    legend: componentLegend(summary),
    charts: [...some(cpuChart(summary)), ...some(memoryChart(summary))],
    absent: 'Usage was not sampled.',
    tables: [throttledTable(summary), podsTable(summary)],
    numbers: [componentsTable(summary)],
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
    reading: `${others.length === 0 ? '' : 'p99 at every point of the matrix. '}Medians over trials of every second of the measurement; how far trials lie apart stands above, trial by trial. Dashed upright lines are events.`,
    legend: variantLegend(summary),
    charts,
    absent: 'There is no series: no second was measured whole.',
    numbers: some(seriesTable(summary)),
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

/** Colour and shape of every variant. */
export function variantLegend(summary: Summary): Markup {
  return legend(variantEntries(summary));
}

/** The same, and what is pale around the marks. */
function spreadLegend(summary: Summary): Markup {
  const sample = spreadKind(summary) === 'none' ? NOTHING : paleSwatch();
  return legend([...variantEntries(summary), { name: spreadWords(summary), sample }]);
}

function variantEntries(summary: Summary) {
  return bases(summary).map((base, index) => ({ name: base, sample: swatch(variantColour(index), shapeOf(index)) }));
}

function componentLegend(summary: Summary): Markup {
  return legend(systemComponents(summary).map((name) => ({ name, sample: swatch(componentColour(summary, name)) })));
}

/** Names with a sample of how each is drawn. */
export function legend(entries: readonly { readonly name: string; readonly sample: Markup }[]): Markup {
  return html`<ul class="legend">${entries.map(({ name, sample }) => html`<li>${sample}${visible(name, 80)}</li>`)}</ul>`;
}
