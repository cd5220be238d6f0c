import type { Json } from '../sidecar-plan.ts';

/** The value as an object; undefined where it is anything else. */
export function object(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

/** The value as a list of one object; of none where it is anything else. */
export function only(value: unknown): readonly Json[] {
  const json = object(value);
  return json === undefined ? [] : [json];
}

/** The objects of a list; nothing where it is no list. */
export function objects(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.flatMap(only) : [];
}

/** The value as text; undefined where it is none, or empty. */
export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The texts of a list; nothing where it is no list. */
export function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.flatMap((item: unknown) => text(item) ?? []) : [];
}

/** What stands at a path of fields; undefined where the path ends early. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((parent, key) => {
    const fields = object(parent);
    return fields !== undefined && Object.hasOwn(fields, key) ? fields[key] : undefined;
  }, value);
}

/** The object less some fields. */
export function without(json: Json, ...keys: readonly string[]): Json {
  return Object.fromEntries(Object.entries(json).filter(([key]) => !keys.includes(key)));
}

/** The message type that an object names, without its package: `HttpConnectionManager`. Empty where it names none. */
export function typeOf(json: unknown): string {
  return text(at(json, '@type'))?.split('.').at(-1) ?? '';
}

/**
 * A copy in which every object was replaced by what `change` makes of it, outer ones first. Where it gives undefined the
 * object leaves its list, or its field goes.
 */
export function mapDeep(json: Json, change: (json: Json) => Json | undefined): Json | undefined {
  const changed = change(json);
  return changed === undefined ? undefined : inside(changed, change);
}

function inside(json: Json, change: (json: Json) => Json | undefined): Json {
  const fields = Object.entries(json).flatMap(([key, value]) => {
    const mapped = mapValue(value, change);
    return mapped === undefined ? [] : [[key, mapped] as const];
  });
  return Object.fromEntries(fields);
}

function mapValue(value: unknown, change: (json: Json) => Json | undefined): unknown {
  if (Array.isArray(value)) {
    return value.map((item: unknown) => mapValue(item, change)).filter((item) => item !== undefined);
  }
  const json = object(value);
  return json === undefined ? value : mapDeep(json, change);
}
