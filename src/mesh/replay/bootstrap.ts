import type { Json } from '../sidecar-plan.ts';
import { marked } from './clusters.ts';
import { object, objects, text, without } from './json.ts';
import type { Notes } from './notes.ts';

/** Parts of a bootstrap that need a control plane. */
const DISCOVERY = ['dynamic_resources', 'config_sources', 'default_config_source', 'hds_config'];

/** Fields of a node that Envoy itself fills in. */
const FILLED_IN = ['extensions', 'user_agent_name', 'user_agent_version', 'user_agent_build_version'];

/** What a bootstrap is made of besides its resources. */
export interface Surroundings {
  readonly adminSocket: string;
  /** True where packet rules tell Envoy's own connections by their mark. */
  readonly mark: boolean;
  /** Prefixes of the counters that must be kept. */
  readonly counters: readonly string[];
}

/** The user's bootstrap without a control plane, with an admin of the run's own. */
export function bootstrapOf(bootstrap: Json, surroundings: Surroundings, notes: Notes): Json {
  for (const field of DISCOVERY) if (bootstrap[field] !== undefined) notes.add('left out of the bootstrap', field);
  const { node, cluster_manager: manager, stats_config: stats, layered_runtime: runtime } = bootstrap;
  return {
    ...without(bootstrap, ...DISCOVERY, 'static_resources', 'cluster_manager', 'stats_config', 'layered_runtime'),
    admin: { address: { pipe: { path: surroundings.adminSocket, mode: 0o660 } } },
    ...(object(node) === undefined ? {} : { node: without(object(node) ?? {}, ...FILLED_IN) }),
    ...present('cluster_manager', clusterManager(object(manager), surroundings.mark, notes)),
    ...present('stats_config', statsConfig(object(stats), surroundings.counters, notes)),
    ...present('layered_runtime', staticRuntime(object(runtime), notes)),
  };
}

function present(key: string, value: Json | undefined): Json {
  return value === undefined ? {} : { [key]: value };
}

function clusterManager(manager: Json | undefined, mark: boolean, notes: Notes): Json | undefined {
  if (manager?.['load_stats_config'] !== undefined) notes.add('left out of the bootstrap', 'load_stats_config');
  const kept = manager === undefined ? undefined : without(manager, 'load_stats_config');
  return mark ? { ...kept, upstream_bind_config: marked(kept?.['upstream_bind_config']) } : kept;
}

/** Layers that come from a control plane or from folders of another machine are no part of it. */
function staticRuntime(runtime: Json | undefined, notes: Notes): Json | undefined {
  if (runtime === undefined) return undefined;
  const layers = objects(runtime['layers']).filter((layer) => {
    const kept = layer['rtds_layer'] === undefined && layer['disk_layer'] === undefined;
    if (!kept) notes.add('layers of the runtime left out', text(layer['name']) ?? 'without a name');
    return kept;
  });
  return { ...runtime, layers };
}

/** The counters by which a trial proves its path must not be hidden; all else stays hidden or shown as it was. */
function statsConfig(stats: Json | undefined, counters: readonly string[], notes: Notes): Json | undefined {
  const matcher = object(stats?.['stats_matcher']);
  if (matcher === undefined) return stats;
  const changed = shown(matcher, counters);
  if (changed !== matcher) {
    for (const counter of counters)
      notes.add('stats_matcher shows the counters that prove the path too', `${counter}*`);
  }
  return { ...stats, stats_matcher: changed };
}

function shown(matcher: Json, counters: readonly string[]): Json {
  const patterns = counters.map((prefix) => ({ prefix }));
  if (matcher['reject_all'] === true) return { inclusion_list: { patterns } };
  const included = object(matcher['inclusion_list']);
  if (included !== undefined) {
    return { inclusion_list: { ...included, patterns: [...objects(included['patterns']), ...patterns] } };
  }
  const excluded = object(matcher['exclusion_list']);
  if (excluded === undefined) return matcher;
  const all = objects(excluded['patterns']);
  const harmlessOnes = all.filter((pattern) => !counters.some((counter) => mayHide(pattern, counter)));
  if (harmlessOnes.length === all.length) return matcher;
  // An empty list is no list to Envoy.
  return harmlessOnes.length === 0
    ? { reject_all: false }
    : { exclusion_list: { ...excluded, patterns: harmlessOnes } };
}

/** Whether a pattern could match a counter that begins so; of all but prefixes and whole names that is not known. */
function mayHide(pattern: Json, counter: string): boolean {
  const exact = text(pattern['exact'])?.toLowerCase();
  const prefix = text(pattern['prefix'])?.toLowerCase();
  const own = counter.toLowerCase();
  if (exact !== undefined) return exact.startsWith(own);
  return prefix === undefined || prefix.startsWith(own) || own.startsWith(prefix);
}

/** How Envoy writes a name within the name of a counter (Utility::sanitizeStatsName of its source). */
export function inCounter(name: string): string {
  return name.replaceAll('://', '_').replaceAll(':/', '_').replaceAll(':', '_');
}

/** The name by which a cluster's counters go. */
export function statName(cluster: Json): string {
  return inCounter(text(cluster['alt_stat_name']) ?? text(cluster['name']) ?? '');
}
