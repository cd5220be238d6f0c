import { createHash } from 'node:crypto';
import { type Any, encodeAny, type Json } from './encode.ts';
import type { Kind } from './types.ts';

/**
 * A resource as it is sent, encoded once and shared between all sidecars that get it. Its version follows from its
 * content, so that a control plane that comes back finds that its sidecars have what it would send.
 */
export interface Resource {
  readonly name: string;
  readonly version: string;
  readonly resource: Any;
}

/** Resources of one kind by name. Never changed: what differs is another map. */
export type ResourceMap = ReadonlyMap<string, Resource>;

/** Everything that a sidecar is to have, and clusters that it gets when it asks for them by name. */
export type Snapshot = Readonly<Record<Kind, ResourceMap>> & { readonly onDemand?: ResourceMap };

export const EMPTY: ResourceMap = new Map();

/** Hexadecimal digits of a version: enough that two contents do not meet. */
const VERSION_DIGITS = 16;

export function resource(name: string, json: Json): Resource {
  const any = encodeAny(json);
  const version = createHash('sha1').update(any.value).digest('hex').slice(0, VERSION_DIGITS);
  return { name, version, resource: any };
}

/** How one map differs from another. */
export interface Difference {
  /** Names that are new, or whose content is. */
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

/** Computed once for all sidecars that go from one map to the other. */
export const difference: (from: ResourceMap, to: ResourceMap) => Difference = oncePerPair((from, to) => ({
  changed: [...to.values()].filter(({ name, version }) => from.get(name)?.version !== version).map(({ name }) => name),
  removed: [...from.keys()].filter((name) => !to.has(name)),
}));

/** What {@link difference} calls changed, in its new content: one list for all sidecars, so that it is encoded once. */
export const changes: (from: ResourceMap, to: ResourceMap) => readonly Resource[] = oncePerPair((from, to) =>
  difference(from, to).changed.flatMap((name) => to.get(name) ?? []),
);

/** All of both, in the content of the second: what is there while the one gives way to the other. */
export const union: (from: ResourceMap, to: ResourceMap) => ResourceMap = oncePerPair((from, to) =>
  [...from.keys()].every((name) => to.has(name)) ? to : new Map([...from, ...to]),
);

/** The earlier map where nothing differs, so that it is the same for everybody. */
export function settle(before: ResourceMap | undefined, resources: readonly Resource[]): ResourceMap {
  const after = new Map(resources.map((one) => [one.name, one]));
  if (before === undefined || before.size !== after.size) return after;
  const { changed } = difference(before, after);
  return changed.length === 0 ? before : after;
}

function oncePerPair<T>(compute: (from: ResourceMap, to: ResourceMap) => T): (from: ResourceMap, to: ResourceMap) => T {
  const known = new WeakMap<ResourceMap, WeakMap<ResourceMap, T>>();
  return (from, to) => {
    const ofFrom = known.get(from) ?? new WeakMap<ResourceMap, T>();
    known.set(from, ofFrom);
    const result = ofFrom.get(to) ?? compute(from, to);
    ofFrom.set(to, result);
    return result;
  };
}
