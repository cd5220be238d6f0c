import type { Summary, VariantSummary } from '../../summary/index.ts';
import { figure, percent, type Unit } from '../figures.ts';
import { own } from '../own.ts';
import { componentNames, nameOf, systemCpu, systemMemory } from '../variants.ts';
import { visible } from '../visible.ts';
import { isMeasuring } from '../words.ts';
import { MILLIS_LABEL, SIZE_LABEL, ticksFor } from './axes.ts';
import { type Chart, HALF, PHONE } from './chart.ts';
import { at, MOST_ROWS, rowSpec } from './rows.ts';
import { SYSTEM_COLOURS } from './theme.ts';

/** A part shorter than this share of the axis has no room for its value. */
const LEAST_LABELLED = 0.13;

/** What is stacked: one number per component of a variant, and what it waited for beside it, drawn hollow. */
interface Stack {
  readonly heading: string;
  readonly unit: Unit;
  readonly axisLabel: string;
  part(variant: VariantSummary, component: string): number | null;
  waited(variant: VariantSummary, component: string): number | null;
  total(variant: VariantSummary): number | null;
  /** What else the label of a variant says. */
  more(variant: VariantSummary): string;
}

const CPU: Stack = {
  heading: 'CPU time and run delay per 1,000 requests',
  unit: 'ms',
  axisLabel: MILLIS_LABEL,
  part: ({ cpu }, component) => own(cpu.components, component)?.cpuMsPer1k ?? null,
  waited: (variant, component) => runDelayPer1k(variant, component),
  total: systemCpu,
  more: throttledWords,
};

const MEMORY: Stack = {
  heading: 'Memory (RSS)',
  unit: 'B',
  axisLabel: SIZE_LABEL,
  part: ({ memory }, component) => own(memory.components, component)?.rssBytes ?? null,
  waited: () => null,
  total: systemMemory,
  more: () => '',
};

/** Time in ms per 1,000 requests in which a component could run and had no processor; null where that is not known. */
function runDelayPer1k({ cpu }: VariantSummary, component: string): number | null {
  const used = own(cpu.components, component);
  if (used === undefined || used.cpuMsPer1k === null || used.runDelaySeconds === null || used.coreSeconds === 0) {
    return null;
  }
  return (used.runDelaySeconds / used.coreSeconds) * used.cpuMsPer1k;
}

/** Processor time per 1,000 requests, stacked by component, each with its run delay. */
export function cpuChart(summary: Summary): Chart | undefined {
  return stackedChart(summary, CPU);
}

/** Resident memory, stacked by component. */
export function memoryChart(summary: Summary): Chart | undefined {
  return stackedChart(summary, MEMORY);
}

/** The components of the system under test: what measures it is in the table, and would dwarf them. */
export function systemComponents(summary: Summary): readonly string[] {
  return componentNames(summary).filter((name) => !isMeasuring(name));
}

/** Colour of a component of the system under test, the same in all charts of a report. */
export function componentColour(summary: Summary, component: string): string {
  return `var(--c${systemComponents(summary).indexOf(component) % SYSTEM_COLOURS})`;
}

function stackedChart(summary: Summary, stack: Stack): Chart | undefined {
  const variants = summary.variants.slice(0, MOST_ROWS);
  const parts = variants.flatMap((variant, row) => partsOf(summary, variant, row, stack));
  const furthest = parts.reduce((most, { to }) => Math.max(most, to), 0);
  if (furthest === 0) return undefined;
  const labelled = parts.filter(({ x, to, text }) => text !== '' && (to - x) / furthest >= LEAST_LABELLED);
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
            mark: { type: 'rect', strokeWidth: 1.25 },
            encoding: {
              x2: { field: 'to' },
              y2: { field: 'below' },
              fill: scaled('fill', [...colours, 'var(--paper)']),
              stroke: scaled('stroke', [...colours, 'var(--paper)']),
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

/** A colour that is the value itself. */
function scaled(field: 'fill' | 'stroke', colours: readonly string[]) {
  return { field, type: 'nominal', scale: { domain: [...colours], range: [...colours] }, legend: null } as const;
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
  return systemComponents(summary).flatMap((component) => {
    const colour = componentColour(summary, component);
    const solid = { size: stack.part(variant, component) ?? 0, fill: colour, stroke: 'var(--paper)' };
    const hollow = { size: stack.waited(variant, component) ?? 0, fill: 'var(--paper)', stroke: colour };
    return [solid, hollow].flatMap(({ size, fill, stroke }) => {
      if (!(size > 0)) return [];
      const from = x;
      x += size;
      const text = fill === colour ? figure(size, stack.unit) : '';
      return [{ x: from, to: x, y: at(row, -0.22), below: at(row, 0.22), colour, fill, stroke, text }];
    });
  });
}

function rowLabel(variant: VariantSummary, stack: Stack): { label: string } {
  const total = stack.total(variant);
  const name = nameOf(variant);
  return { label: `${total === null ? name : `${name}: ${figure(total, stack.unit)}`}${stack.more(variant)}` };
}

/** What the component most throttled felt of its limit; its run delay has this time in it. */
function throttledWords({ cpu }: VariantSummary): string {
  const shares = Object.values(cpu.components).flatMap(({ throttled }) => throttled?.periodsPercent ?? []);
  return shares.length === 0 ? '' : `, throttled in ${percent(Math.max(...shares) / 100)} of periods`;
}

function finding(summary: Summary, variant: VariantSummary, stack: Stack): string {
  const parts = systemComponents(summary).flatMap((component) => {
    const size = stack.part(variant, component);
    const waited = stack.waited(variant, component);
    const delay = waited === null ? '' : ` and ${figure(waited, stack.unit)} of run delay`;
    return size === null ? [] : [`${visible(component, 60)} ${figure(size, stack.unit)}${delay}`];
  });
  return `${nameOf(variant)}: ${parts.join(', ')}`;
}
