import { BenchError } from '../../units/index.ts';
import type { Json } from '../sidecar-plan.ts';
import { at, object, objects, only, text, typeOf, without } from './json.ts';

/** What a user gave: what a running Envoy's admin prints, or what one is started with. */
export type ReplayKind = 'config-dump' | 'bootstrap';

/** A user's configuration, read and not yet changed: all parts by themselves, as Envoy's own messages. */
export interface ReplaySource {
  readonly kind: ReplayKind;
  /** The bootstrap less its static resources. */
  readonly bootstrap: Json;
  readonly listeners: readonly Json[];
  readonly clusters: readonly Json[];
  /** Route configurations by name. */
  readonly routes: ReadonlyMap<string, Json>;
  /** Load assignments by the name that an EDS cluster asks for. */
  readonly endpoints: ReadonlyMap<string, Json>;
  readonly secrets: ReadonlyMap<string, Json>;
  /** Filters that come by extension discovery (ECDS), by name. */
  readonly extensions: ReadonlyMap<string, Json>;
}

/** Envoy's own limit for the nesting of messages (protobuf's), with room: nothing that it reads is deeper. */
const DEEPEST = 200;

/** Sections of a dump, by the message that each is; others are not needed. */
const SECTIONS = [
  'BootstrapConfigDump',
  'ClustersConfigDump',
  'EndpointsConfigDump',
  'ListenersConfigDump',
  'RoutesConfigDump',
  'SecretsConfigDump',
  'EcdsConfigDump',
] as const;
type Section = (typeof SECTIONS)[number];

const REMEDY: Readonly<Record<ReplayKind, string>> = {
  'config-dump':
    'take it from the running sidecar: `istioctl proxy-config all POD -o json`, or its admin’s /config_dump?include_eds',
  bootstrap:
    'a bootstrap with static listeners and clusters is needed; of an Envoy that gets them by xDS give its --config-dump',
};

/**
 * Takes a parsed file apart.
 * @throws BenchError usage, with everything that is wrong with its shape.
 */
export function readSource(kind: ReplayKind, value: unknown): ReplaySource {
  if (isTooDeep(value)) throw unusable(kind, ['is nested deeper than any configuration of Envoy']);
  return kind === 'config-dump' ? readDump(value) : readBootstrap(value);
}

/** Without recursion: what is too deep for a stack must be refused before anything walks it. */
function isTooDeep(value: unknown): boolean {
  let level: readonly unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > DEEPEST) return true;
    level = level.flatMap((item): readonly unknown[] =>
      typeof item === 'object' && item !== null ? Object.values(item) : [],
    );
  }
  return false;
}

function unusable(kind: ReplayKind, complaints: readonly string[]): BenchError {
  const lines =
    complaints.length === 1 ? ` ${complaints[0]}` : `:\n${complaints.map((one) => `  - ${one}`).join('\n')}`;
  return new BenchError('usage', 'REPLAY_FILE', `the file of --${kind}${lines}`, { hint: REMEDY[kind] });
}

function readBootstrap(value: unknown): ReplaySource {
  const bootstrap = object(value);
  if (bootstrap === undefined) throw unusable('bootstrap', ['is no bootstrap: it must hold one object']);
  const listeners = objects(at(bootstrap, 'static_resources', 'listeners'));
  const clusters = objects(at(bootstrap, 'static_resources', 'clusters'));
  const complaints = [
    ...('configs' in bootstrap ? ['is a config dump: give it by --config-dump'] : []),
    ...camelCase(bootstrap, ['staticResources', 'dynamicResources']),
    ...(listeners.length === 0 ? ['has no listeners in static_resources'] : []),
    ...(clusters.length === 0 ? ['has no clusters in static_resources'] : []),
  ];
  if (complaints.length > 0) throw unusable('bootstrap', complaints);
  return {
    kind: 'bootstrap',
    bootstrap: without(bootstrap, 'static_resources'),
    listeners,
    clusters,
    routes: new Map(),
    endpoints: new Map(),
    secrets: byName(objects(at(bootstrap, 'static_resources', 'secrets')), 'name'),
    extensions: new Map(),
  };
}

function readDump(value: unknown): ReplaySource {
  const configs = objects(at(value, 'configs'));
  if (configs.length === 0) {
    const bootstrap = at(value, 'static_resources') !== undefined;
    throw unusable('config-dump', [bootstrap ? 'is a bootstrap: give it by --bootstrap' : 'has no list `configs`']);
  }
  const find = (section: Section): Json => configs.find((config) => typeOf(config) === section) ?? {};
  const { bootstrap, listeners, clusters } = deployed(find);
  const complaints = [
    ...configs.flatMap((config) => camelCase(config, ['dynamicListeners', 'dynamicActiveClusters'])),
    ...(bootstrap === undefined ? ['has no bootstrap (BootstrapConfigDump)'] : []),
    ...(listeners.length === 0 ? ['has no active listeners (ListenersConfigDump)'] : []),
    ...(clusters.length === 0 ? ['has no active clusters (ClustersConfigDump)'] : []),
  ];
  if (bootstrap === undefined || complaints.length > 0) throw unusable('config-dump', complaints);
  const secrets = find('SecretsConfigDump');
  const routes = find('RoutesConfigDump');
  const endpoints = find('EndpointsConfigDump');
  return {
    kind: 'config-dump',
    bootstrap: without(bootstrap, 'static_resources'),
    listeners,
    clusters,
    routes: byName(
      [
        ...parts(routes, 'static_route_configs', 'route_config'),
        ...parts(routes, 'dynamic_route_configs', 'route_config'),
      ],
      'name',
    ),
    endpoints: byName(parts(endpoints, 'dynamic_endpoint_configs', 'endpoint_config'), 'cluster_name'),
    secrets: byName(
      [...parts(secrets, 'static_secrets', 'secret'), ...parts(secrets, 'dynamic_active_secrets', 'secret')],
      'name',
    ),
    extensions: byName(parts(find('EcdsConfigDump'), 'ecds_filters', 'ecds_filter'), 'name'),
  };
}

/** Static parts stand in the bootstrap as they were given, dynamic ones in sections of their own. */
function deployed(
  find: (section: Section) => Json,
): Pick<ReplaySource, 'listeners' | 'clusters'> & { readonly bootstrap: Json | undefined } {
  const bootstrap = object(at(find('BootstrapConfigDump'), 'bootstrap'));
  const active = objects(at(find('ListenersConfigDump'), 'dynamic_listeners')).flatMap((one) =>
    only(at(one, 'active_state', 'listener')),
  );
  return {
    bootstrap,
    listeners: [
      ...objects(at(bootstrap, 'static_resources', 'listeners')),
      ...active.map((listener) => without(listener, '@type')),
    ],
    clusters: [
      ...objects(at(bootstrap, 'static_resources', 'clusters')),
      ...parts(find('ClustersConfigDump'), 'dynamic_active_clusters', 'cluster'),
    ],
  };
}

/** What a section lists, each out of its wrapping with version and time. */
function parts(section: Json, list: string, part: string): readonly Json[] {
  return objects(at(section, list)).flatMap((wrapped) =>
    only(at(wrapped, part)).map((inner) => without(inner, '@type')),
  );
}

function byName(items: readonly Json[], field: string): ReadonlyMap<string, Json> {
  return new Map(items.flatMap((item) => [[text(item[field]) ?? '', item] as const]));
}

/** Protobuf's JSON may be written in either case; Envoy prints snake case, and so do all documents about it. */
function camelCase(json: Json, fields: readonly string[]): readonly string[] {
  return fields
    .filter((field) => field in json)
    .map((field) => `has the field ${field}: fields must be written as Envoy prints them, with underscores`);
}
