import { median } from '../stats/index.ts';
import type { Summary, VariantSummary } from '../summary/index.ts';
import { plain } from './figures.ts';
import type { Cell, Member } from './table.ts';
import { visible } from './visible.ts';
import { isMeasuring } from './words.ts';

/** Longest name that tables and charts print. */
const LONGEST_NAME = 80;

/** A variant's name, bounded. */
export function nameOf(variant: { readonly name: string }): string {
  return visible(variant.name, LONGEST_NAME);
}

/** The cell that begins a variant's row. */
export function variantCell(variant: VariantSummary): Cell {
  const member = memberOf(variant);
  return { text: nameOf(variant), ...(member === undefined ? {} : { member }) };
}

/** A row for each variant that has what a table is about, after its name. */
export function rowsOf<Had>(
  { variants }: Summary,
  of: (variant: VariantSummary) => Had | undefined,
  cells: (had: Had) => readonly Cell[],
): readonly (readonly Cell[])[] {
  return variants.flatMap((variant) => {
    const had = of(variant);
    return had === undefined ? [] : [[variantCell(variant), ...cells(had)]];
  });
}

/** A variant as a point of its base's matrix; undefined where there is none. */
export function memberOf({ base, axes }: VariantSummary, family = visible(base, LONGEST_NAME)): Member | undefined {
  const points = Object.entries(axes).map((words) => words.map((word) => visible(word, LONGEST_NAME)));
  if (points.length === 0) return undefined;
  return {
    of: family,
    by: points.map(([axis]) => axis).join(', '),
    at: points.map(([, point = '']) => (/^\d+$/u.test(point) ? plain(Number(point)) : point)).join(', '),
  };
}

/** The names that variants have in the scenario's file, in order; a matrix repeats each at every point. */
export function bases(summary: Summary): readonly string[] {
  return [...new Set(summary.variants.map(({ base }) => base))];
}

/** Number of a variant's look, the same in all charts: points of a matrix share that of their base. */
export function lookOf(summary: Summary, variant: { readonly base: string }): number {
  return bases(summary).indexOf(variant.base);
}

/** One point of the matrix and the variants that were measured at it. */
export interface MatrixPoint {
  /** `load.rate=1000/s`; empty where there is no matrix. */
  readonly label: string;
  readonly variants: readonly VariantSummary[];
}

/** A variant's place in the matrix: `load.rate=1000/s`; empty where there is no matrix. */
export function pointOf({ axes }: VariantSummary): string {
  return Object.entries(axes)
    .map(([axis, point]) => `${visible(axis, LONGEST_NAME)}=${visible(point, LONGEST_NAME)}`)
    .join(' ');
}

/** The variants by point of the matrix, in order; one point without a label where there is no matrix. */
export function matrixPoints(summary: Summary): readonly MatrixPoint[] {
  const points = new Map<string, VariantSummary[]>();
  for (const variant of summary.variants) {
    const label = pointOf(variant);
    points.set(label, [...(points.get(label) ?? []), variant]);
  }
  return [...points].map(([label, variants]) => ({ label, variants }));
}

/** Names of all components of the given variants: first what was measured, then what measured. */
export function componentNames(summary: Summary): readonly string[] {
  const names = summary.variants.flatMap(({ cpu, memory }) => [
    ...Object.keys(cpu.components),
    ...Object.keys(memory.components),
  ]);
  const unique = [...new Set(names)];
  return [...unique.filter((name) => !isMeasuring(name)), ...unique.filter(isMeasuring)];
}

/** Processor time of the system under test per 1,000 requests, ms: the median over trials. */
export function systemCpu(variant: VariantSummary): number | null {
  return median(variant.perTrial.flatMap(({ cpuMsPer1k }) => (cpuMsPer1k === null ? [] : [cpuMsPer1k])));
}

/** Resident memory of the system under test in bytes, shared pages counted in every process; null without components. */
export function systemMemory(variant: VariantSummary): number | null {
  const system = Object.entries(variant.memory.components).filter(([name]) => !isMeasuring(name));
  return system.length === 0 ? null : system.reduce((sum, [, { rssBytes }]) => sum + rssBytes, 0);
}
