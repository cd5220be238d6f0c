import type { Summary, VariantSummary } from '../../summary/index.ts';
import { figure, type Unit } from '../figures.ts';
import { own } from '../own.ts';
import { componentNames, nameOf, systemCpu, systemMemory } from '../variants.ts';
import { visible } from '../visible.ts';
import { isMeasuring } from '../words.ts';
import { MILLIS_LABEL, SIZE_LABEL, ticksFor } from './axes.ts';
import { type Chart, HALF, PHONE } from './chart.ts';
import { at, MOST_ROWS, rowSpec } from './rows.ts';
import { MEASURING_COLOURS, SYSTEM_COLOURS } from './theme.ts';

/** A part shorter than this share of the axis has no room for its value. */
const LEAST_LABELLED = 0.13;

/** What is stacked: one number per component of a variant. */
interface Stack {
  readonly heading: string;
  readonly unit: Unit;
  readonly axisLabel: string;
  part(variant: VariantSummary, component: string): number | null;
  total(variant: VariantSummary): number | null;
}

const CPU: Stack = {
  heading: 'CPU time per 1,000 requests',
  unit: 'ms',
  axisLabel: MILLIS_LABEL,
  part: ({ cpu }, component) => own(cpu.components, component)?.cpuMsPer1k ?? null,
  total: systemCpu,
};

const MEMORY: Stack = {
  heading: 'Memory (RSS)',
  unit: 'B',
  axisLabel: SIZE_LABEL,
  part: ({ memory }, component) => own(memory.components, component)?.rssBytes ?? null,
  total: systemMemory,
};

/** Processor time per 1,000 requests, stacked by component. */
export function cpuChart(summary: Summary): Chart | undefined {
  return stackedChart(summary, CPU);
}

/** Resident memory, stacked by component. */
export function memoryChart(summary: Summary): Chart | undefined {
  return stackedChart(summary, MEMORY);
}

/** Colour of a component, the same in all charts of a report. */
export function componentColour(summary: Summary, component: string): string {
  const measuring = isMeasuring(component);
  const place = componentNames(summary)
    .filter((name) => isMeasuring(name) === measuring)
    .indexOf(component);
  return measuring ? `var(--m${place % MEASURING_COLOURS})` : `var(--c${place % SYSTEM_COLOURS})`;
}

function stackedChart(summary: Summary, stack: Stack): Chart | undefined {
  const variants = summary.variants.slice(0, MOST_ROWS);
  const parts = variants.flatMap((variant, row) => partsOf(summary, variant, row, stack));
  const furthest = parts.reduce((most, { to }) => Math.max(most, to), 0);
  if (furthest === 0) return undefined;
  const labelled = parts.filter(({ x, to }) => (to - x) / furthest >= LEAST_LABELLED);
  const colours = [...new Set(parts.map(({ colour }) => colour))];
  return {
    label: `${stack.heading} by component. ${variants
      .slice(0, 4)
      .map((variant) => finding(summary, variant, stack))
      .join('; ')}.`,
    heading: stack.heading,
    widths: [HALF, PHONE],
    spec: (width) =>
      rowSpec(
        variants.map((variant) => rowLabel(variant, stack)),
        width,
        axis(furthest, stack, width),
        [
          {
            data: { values: parts },
            mark: { type: 'rect', stroke: 'var(--paper)', strokeWidth: 1 },
            encoding: {
              x2: { field: 'to' },
              y2: { field: 'below' },
              fill: { field: 'colour', type: 'nominal', scale: { domain: colours, range: colours }, legend: null },
            },
          },
          {
            data: {
              values: labelled.map((part) => ({ ...part, x: (part.x + part.to) / 2, y: (part.y + part.below) / 2 })),
            },
            mark: { type: 'text', fill: 'var(--on-colour)', fontSize: 12 },
            encoding: { text: { field: 'text', type: 'nominal' } },
          },
        ],
      ),
  };
}

function axis(furthest: number, stack: Stack, width: number) {
  return {
    field: 'x',
    type: 'quantitative',
    title: null,
    scale: { domain: [0, furthest], nice: false },
    axis: { labelExpr: stack.axisLabel, tickCount: ticksFor(width) },
  } as const satisfies Parameters<typeof rowSpec>[2];
}

function partsOf(summary: Summary, variant: VariantSummary, row: number, stack: Stack) {
  let x = 0;
  return componentNames(summary).flatMap((component) => {
    const size = stack.part(variant, component);
    if (size === null || !(size > 0)) return [];
    const from = x;
    x += size;
    const colour = componentColour(summary, component);
    return [{ x: from, to: x, y: at(row, -0.22), below: at(row, 0.22), colour, text: figure(size, stack.unit) }];
  });
}

function rowLabel(variant: VariantSummary, stack: Stack): { label: string } {
  const total = stack.total(variant);
  const name = nameOf(variant);
  return { label: total === null ? name : `${name}: ${figure(total, stack.unit)} in the system under test` };
}

function finding(summary: Summary, variant: VariantSummary, stack: Stack): string {
  const parts = componentNames(summary).flatMap((component) => {
    const size = stack.part(variant, component);
    return size === null ? [] : [`${visible(component, 60)} ${figure(size, stack.unit)}`];
  });
  return `${nameOf(variant)}: ${parts.join(', ')}`;
}
