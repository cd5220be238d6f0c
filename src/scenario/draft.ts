import type { z } from 'zod';
import { DEFAULTS } from './defaults.ts';
import type { Path } from './finding.ts';
import { printFlow } from './flow.ts';
import type { AxisPoint, Patch, Threshold, Workload } from './scenario.ts';
import { scenarioSchema, thresholdSchema, workloadSchema } from './schema.ts';
import { AXES, eventSchema, MOST_EVENTS, patchSchema, patchShape } from './settings-schema.ts';

/**
 * What can be known of a file that may hold mistakes: every part that is right by itself, so that the parts can be
 * checked against each other wherever that does not follow from a mistake that is named already.
 */
export interface Draft {
  /** All workloads by name, undefined ones being wrong by themselves; undefined where not even the names are known. */
  readonly workloads: ReadonlyMap<string, Workload | undefined> | undefined;
  readonly base: Layer;
  /** Undefined where the names are not known. */
  readonly variants: readonly (Layer & { readonly name: string })[] | undefined;
  readonly axes: readonly AxisDraft[];
  readonly thresholds: readonly (Threshold | undefined)[];
  readonly trials: number | undefined;
  /** What the file says of a knee, as it stands there. */
  readonly knee: Readonly<Record<'find' | 'slo' | 'between', unknown>>;
}

/** The settings that one place of the file changes. */
export interface Layer {
  readonly at: Path;
  readonly patch: Patch;
  /** `section.field` of what is there but wrong. */
  readonly broken: ReadonlySet<string>;
  /** Of each event of the patch its place in the file, since wrong ones are left out. */
  readonly eventPlaces: readonly number[];
}

/** An axis of the matrix, with a hole for each value that is wrong. */
export interface AxisDraft {
  readonly path: string;
  readonly points: readonly (AxisPoint | undefined)[];
}

type Raw = Readonly<Record<string, unknown>>;

const SECTIONS = ['mesh', 'load', 'app', 'runtime', 'thrift', 'services', 'controlPlane'] as const;

/** Reads every part of a file's data on its own. */
export function draft(value: unknown): Draft {
  const raw = mapping(value) ?? {};
  const variants = mapping(raw['variants']);
  const thresholds = raw['thresholds'];
  return {
    workloads: draftWorkloads(raw),
    base: layer([], raw),
    variants:
      variants &&
      Object.entries(variants).map(([name, patch]) => ({ name, ...layer(['variants', name], patch ?? {}) })),
    axes: Object.entries(mapping(raw['matrix']) ?? {}).flatMap(([path, points]) => draftAxis(path, points)),
    thresholds: Array.isArray(thresholds) ? thresholds.map((one) => read(thresholdSchema, one)) : [],
    knee: { find: raw['find'], slo: raw['slo'], between: raw['between'] },
    trials: raw['trials'] === undefined ? DEFAULTS.trials : read(scenarioSchema.shape.trials, raw['trials']),
  };
}

function draftWorkloads(raw: Raw): Draft['workloads'] {
  const topology = raw['topology'] === undefined ? DEFAULTS.topology : raw['topology'];
  const workloads = mapping(mapping(topology)?.['workloads']);
  if (workloads === undefined) return undefined;
  return new Map(
    Object.entries(workloads).map(([name, value]) => {
      const workload = read(workloadSchema, value);
      return [name, workload && { name, port: workload.port, calls: workload.calls ?? [] }] as const;
    }),
  );
}

function layer(at: Path, value: unknown): Layer {
  const raw = mapping(value);
  if (raw === undefined) return { at, patch: {}, broken: new Set(allFields()), eventPlaces: [] };
  const broken = new Set<string>();
  const good: Record<string, unknown> = {};
  const protocol = read(patchShape.protocol, raw['protocol']);
  if (protocol !== undefined) good['protocol'] = protocol;
  else if (raw['protocol'] !== undefined) broken.add('protocol');
  for (const section of SECTIONS) {
    if (raw[section] !== undefined) good[section] = goodFields(section, raw[section], broken);
  }
  const events = raw['events'];
  const places = Array.isArray(events) ? goodPlaces(events) : [];
  if (Array.isArray(events)) good['events'] = places.map((place) => events[place]);
  else if (events !== undefined) broken.add('events');
  return { at, patch: asPatch(patchSchema.parse(good)), broken, eventPlaces: places };
}

function goodPlaces(events: readonly unknown[]): readonly number[] {
  return [...events.keys()].filter((place) => read(eventSchema, events[place]) !== undefined).slice(0, MOST_EVENTS);
}

function goodFields(section: (typeof SECTIONS)[number], value: unknown, broken: Set<string>): Raw {
  const shape: Readonly<Record<string, z.ZodType>> = patchShape[section].shape;
  const raw = mapping(value);
  const good: Record<string, unknown> = {};
  for (const [field, schema] of Object.entries(shape)) {
    if (raw !== undefined && (!Object.hasOwn(raw, field) || schema.safeParse(raw[field]).success)) {
      if (raw[field] !== undefined) good[field] = raw[field];
    } else broken.add(`${section}.${field}`);
  }
  return good;
}

function allFields(): readonly string[] {
  return [
    'events',
    'protocol',
    ...SECTIONS.flatMap((section) => Object.keys(patchShape[section].shape).map((field) => `${section}.${field}`)),
  ];
}

function draftAxis(path: string, points: unknown): readonly AxisDraft[] {
  const schema = Object.hasOwn(AXES, path) ? AXES[path] : undefined;
  if (schema === undefined || !Array.isArray(points)) return [];
  return [
    { path, points: points.map((value) => (schema.safeParse(value).success ? axisPoint(path, value) : undefined)) },
  ];
}

/** One value of an axis, as the patch that it makes of the settings. */
export function axisPoint(path: string, value: unknown): AxisPoint {
  const nested = path.split('.').reduceRight<unknown>((inner, step) => ({ [step]: inner }), value);
  return { label: printFlow(value), patch: asPatch(patchSchema.parse(nested)) };
}

/** Zod types optional fields as possibly undefined; the data of a file holds no undefined, so a field is there or not. */
function asPatch(output: z.output<typeof patchSchema>): Patch {
  return output as Patch;
}

function read<S extends z.ZodType>(schema: S, value: unknown): z.output<S> | undefined {
  const result = schema.safeParse(value);
  return result.success ? result.data : undefined;
}

function mapping(value: unknown): Raw | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Raw) : undefined;
}
