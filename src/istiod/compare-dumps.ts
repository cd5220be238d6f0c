/** How one kind of resource differs between two sidecars of the same objects. */
export interface KindDifference {
  /** Resources of one name that are alike in every field. */
  readonly same: number;
  readonly differing: number;
  readonly onlyFirst: readonly string[];
  readonly onlySecond: readonly string[];
  /** Where those of one name differ: most often first. Places within lists are not told apart. */
  readonly fields: readonly FieldDifference[];
}

/** A field that differs, in how many resources, and how in the first of them; null where it is not there. */
export interface FieldDifference {
  readonly path: string;
  readonly resources: number;
  readonly example: { readonly name: string; readonly first: string | null; readonly second: string | null };
}

export type DumpKind = 'cluster' | 'endpoint' | 'listener' | 'route';
export type DumpDifference = Readonly<Record<DumpKind, KindDifference>>;

type Json = Readonly<Record<string, unknown>>;
type Resources = ReadonlyMap<string, Json>;

/** Where a config dump of Envoy's admin has the resources that a control plane sent. */
const PLACES: Readonly<
  Record<DumpKind, readonly [section: string, list: string, within: readonly string[], name: string]>
> = {
  cluster: ['ClustersConfigDump', 'dynamic_active_clusters', ['cluster'], 'name'],
  endpoint: ['EndpointsConfigDump', 'dynamic_endpoint_configs', ['endpoint_config'], 'cluster_name'],
  listener: ['ListenersConfigDump', 'dynamic_listeners', ['active_state', 'listener'], 'name'],
  route: ['RoutesConfigDump', 'dynamic_route_configs', ['route_config'], 'name'],
};

const MOST_NAMES = 100;
const MOST_FIELDS = 200;
const MOST_CHARACTERS = 300;

/** Two answers of `/config_dump?include_eds`, resource by resource. @throws SyntaxError where one is no JSON. */
export function compareDumps(first: string, second: string): DumpDifference {
  const [one, other] = [JSON.parse(first) as Json, JSON.parse(second) as Json];
  const of = (kind: DumpKind): KindDifference => compareKind(resourcesOf(one, kind), resourcesOf(other, kind));
  return { cluster: of('cluster'), endpoint: of('endpoint'), listener: of('listener'), route: of('route') };
}

function resourcesOf(dump: Json, kind: DumpKind): Resources {
  const [section, list, within, name] = PLACES[kind];
  const sections = (dump['configs'] ?? []) as readonly Json[];
  const found = sections.filter((one) => String(one['@type']).endsWith(section));
  const entries = found.flatMap((one) => (one[list] ?? []) as readonly Json[]);
  const resources = entries.flatMap((entry) => {
    const resource = within.reduce<Json | undefined>((json, key) => json?.[key] as Json | undefined, entry);
    return resource === undefined ? [] : [[String(resource[name]), resource] as const];
  });
  return new Map(resources);
}

function compareKind(first: Resources, second: Resources): KindDifference {
  const fields = new Map<string, { resources: number; readonly example: FieldDifference['example'] }>();
  let same = 0;
  let differing = 0;
  for (const [name, resource] of first) {
    const counterpart = second.get(name);
    if (counterpart === undefined) continue;
    const found = differencesOf(name, resource, counterpart);
    if (found.size === 0) same += 1;
    else differing += 1;
    for (const [path, example] of found) {
      const known = fields.get(path);
      if (known === undefined) fields.set(path, { resources: 1, example });
      else known.resources += 1;
    }
  }
  const sorted = [...fields].map(([path, field]) => ({ path, ...field })).sort((a, b) => b.resources - a.resources);
  const missing = (from: Resources, to: Resources): string[] => [...from.keys()].filter((name) => !to.has(name));
  return {
    same,
    differing,
    onlyFirst: missing(first, second).slice(0, MOST_NAMES),
    onlySecond: missing(second, first).slice(0, MOST_NAMES),
    fields: sorted.slice(0, MOST_FIELDS),
  };
}

/** By path without places in lists, the first of each. */
function differencesOf(name: string, first: Json, second: Json): ReadonlyMap<string, FieldDifference['example']> {
  const [one, other] = [fieldsOf(first), fieldsOf(second)];
  const differences = new Map<string, FieldDifference['example']>();
  for (const path of new Set([...one.keys(), ...other.keys()])) {
    const [was, is] = [one.get(path) ?? null, other.get(path) ?? null];
    const place = path.replaceAll(/\[\d+\]/gu, '[]');
    if (was === is || differences.has(place)) continue;
    const shown = (text: string | null): string | null => text?.slice(0, MOST_CHARACTERS) ?? null;
    differences.set(place, { name, first: shown(was), second: shown(is) });
  }
  return differences;
}

function fieldsOf(resource: Json): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  flatten(resource, '', fields);
  return fields;
}

function flatten(value: unknown, path: string, into: Map<string, string>): void {
  if (typeof value !== 'object' || value === null) {
    into.set(path, String(value));
    return;
  }
  const list = Array.isArray(value);
  for (const [key, one] of Object.entries(value)) flatten(one, list ? `${path}[${key}]` : `${path}.${key}`, into);
}
