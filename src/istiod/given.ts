/** An object of Kubernetes, as a user gives it. */
export interface GivenObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Readonly<Record<string, unknown>> & { readonly name: string; readonly namespace?: string };
  readonly spec?: unknown;
}

/** What a user brings along: objects besides those of the scenario, and fields of the mesh configuration. */
export interface GivenConfiguration {
  readonly objects: readonly GivenObject[];
  readonly meshConfig: Readonly<Record<string, unknown>>;
}

export const NOTHING_GIVEN: GivenConfiguration = { objects: [], meshConfig: {} };

/** What the server that an object was taken from has put into its metadata. */
const OF_THE_SERVER = [
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'managedFields',
  'ownerReferences',
  'finalizers',
  'selfLink',
];

/** A document as the objects that it holds: one, or the items of a list; with what is wrong, as the end of a sentence. */
export function readObjects(value: unknown): {
  readonly objects: readonly GivenObject[];
  readonly problems: readonly string[];
} {
  if (value === null || value === undefined) return { objects: [], problems: [] };
  if (!isRecord(value)) return { objects: [], problems: ['holds something that is no object of Kubernetes'] };
  const { kind, items } = value;
  if (typeof kind === 'string' && kind.endsWith('List') && Array.isArray(items)) {
    const all = items.map(readObjects);
    return { objects: all.flatMap(({ objects }) => objects), problems: all.flatMap(({ problems }) => problems) };
  }
  return readObject(value);
}

function readObject({ status: _status, ...object }: Readonly<Record<string, unknown>>): ReturnType<typeof readObjects> {
  const { apiVersion, kind, metadata } = object;
  const name = isRecord(metadata) ? metadata['name'] : undefined;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || !isRecord(metadata) || typeof name !== 'string')
    return {
      objects: [],
      problems: [`holds an object without apiVersion, kind or metadata.name: ${kind ?? 'no kind'}`],
    };
  const kept = Object.entries(metadata).filter(([field]) => !OF_THE_SERVER.includes(field));
  return { objects: [{ ...object, apiVersion, kind, metadata: { ...Object.fromEntries(kept), name } }], problems: [] };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
