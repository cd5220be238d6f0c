import { messageType } from './definitions.ts';
import type { Json } from './encode.ts';
import { difference, type Resource, type ResourceMap, type Snapshot } from './resources.ts';
import { KINDS, type Kind } from './types.ts';

/** A field that differs, by its path as JSON has it; absent on one side is null. */
export interface FieldDifference {
  readonly path: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** A resource that differs between two states of a mesh. */
export interface ResourceDifference {
  readonly kind: Kind;
  readonly name: string;
  readonly change: 'added' | 'changed' | 'removed';
  /** Of one that changed; the first {@link MOST_FIELDS} of them. */
  readonly fields: readonly FieldDifference[];
}

/** Told one by one; what is above is counted. */
const MOST_RESOURCES = 20;
const MOST_FIELDS = 20;
const MOST_CHARACTERS = 200;

/** How the states of a mesh differ, over all that sidecars see of them. */
export interface StateDifference {
  readonly resources: readonly ResourceDifference[];
  /** Resources that differ beyond those that are told. */
  readonly more: number;
}

/** Resources that differ between the snapshots of some sidecars, each once, in the order in which a push sends them. */
export function compareStates(pairs: readonly (readonly [from: Snapshot, to: Snapshot])[]): StateDifference {
  const found = new Map<string, () => ResourceDifference>();
  for (const kind of KINDS)
    for (const [from, to] of pairs)
      for (const [name, differing] of compareMaps(kind, from[kind], to[kind])) found.set(`${kind} ${name}`, differing);
  const told = [...found.values()].slice(0, MOST_RESOURCES);
  return { resources: told.map((differing) => differing()), more: found.size - told.length };
}

function compareMaps(
  kind: Kind,
  from: ResourceMap,
  to: ResourceMap,
): readonly (readonly [name: string, () => ResourceDifference])[] {
  const { changed, removed } = difference(from, to);
  return [
    ...changed.map((name) => [name, () => compareResources(kind, name, from.get(name), to.get(name))] as const),
    ...removed.map((name) => [name, () => ({ kind, name, change: 'removed' as const, fields: [] })] as const),
  ];
}

function compareResources(
  kind: Kind,
  name: string,
  before: Resource | undefined,
  after: Resource | undefined,
): ResourceDifference {
  if (before === undefined || after === undefined) return { kind, name, change: 'added', fields: [] };
  const [was, is] = [fieldsOf(before), fieldsOf(after)];
  const paths = [...new Set([...was.keys(), ...is.keys()])].filter((path) => was.get(path) !== is.get(path));
  const fields = paths.slice(0, MOST_FIELDS).map((path) => ({
    path,
    before: was.get(path)?.slice(0, MOST_CHARACTERS) ?? null,
    after: is.get(path)?.slice(0, MOST_CHARACTERS) ?? null,
  }));
  return { kind, name, change: 'changed', fields };
}

/** Every value of a resource by its path: `virtual_hosts[0].routes[0].route.cluster`. */
function fieldsOf(resource: Resource): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  flatten(decodeAny(resource), '', fields);
  return fields;
}

/** A resource as JSON, messages within `Any` included. */
export function decodeAny({ resource: { type_url: url, value } }: Resource): Json {
  const type = messageType(url.slice(url.indexOf('/') + 1));
  return type.toObject(type.decode(value), { enums: String, longs: String, json: true });
}

function flatten(value: unknown, path: string, into: Map<string, string>): void {
  if (typeof value !== 'object' || value === null) {
    into.set(path, String(value));
    return;
  }
  const list = Array.isArray(value);
  for (const [key, one] of Object.entries(value)) {
    if (one === undefined) continue;
    flatten(one, list ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`, into);
  }
}
