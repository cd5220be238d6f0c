import type { Json } from '../sidecar-plan.ts';
import { at, mapDeep, object, objects, only, text } from './json.ts';

/** Where the load's request can get to from a virtual host. */
export interface Reach {
  /** Clusters that may answer it. */
  readonly answering: readonly string[];
  /** Clusters that get a copy of it. */
  readonly mirrored: readonly string[];
  /** Why it can get nowhere; undefined where it can. */
  readonly complaint: string | undefined;
}

/** Conditions that a request may meet or not: whether the load's does cannot be told beforehand. */
const CONDITIONS = [
  'safe_regex',
  'path_match_policy',
  'headers',
  'query_parameters',
  'cookies',
  'runtime_fraction',
  'grpc',
  'tls_context',
  'dynamic_metadata',
  'filter_state',
];

/** Follows the routes of a virtual host in their order, up to the first that matches the path for certain. */
export function reach(virtualHost: Json, routeTable: Json, path: string): Reach {
  const routes = virtualHost['matcher'] === undefined ? objects(virtualHost['routes']) : allRoutes(virtualHost);
  const candidates = routes.filter((route) => matches(object(route['match']) ?? {}, path) !== 'no');
  const certain = candidates.findIndex((route) => matches(object(route['match']) ?? {}, path) === 'yes');
  const reached = certain === -1 ? candidates : candidates.slice(0, certain + 1);
  const actions = reached.flatMap((route) => only(route['route']));
  const answering = [...new Set(actions.flatMap(clustersOf))];
  const mirrored = [virtualHost, routeTable, ...actions].flatMap((one) =>
    objects(one['request_mirror_policies']).flatMap(({ cluster }) => text(cluster) ?? []),
  );
  return {
    answering,
    mirrored: [...new Set(mirrored)].filter((name) => !answering.includes(name)),
    complaint: answering.length > 0 ? undefined : nowhere(reached, actions, path),
  };
}

/** A tree of matchers holds routes as actions; every one of them may be the one. */
function allRoutes(virtualHost: Json): readonly Json[] {
  const routes: Json[] = [];
  mapDeep(virtualHost, (json) => {
    if (object(json['route']) !== undefined) routes.push({ ...json, match: { headers: [] } });
    return json;
  });
  return routes;
}

function matches(match: Json, path: string): 'yes' | 'no' | 'maybe' {
  if (match['connect_matcher'] !== undefined || !pathMatches(match, path)) return 'no';
  return CONDITIONS.some((condition) => match[condition] !== undefined) ? 'maybe' : 'yes';
}

function pathMatches(match: Json, path: string): boolean {
  const fold = (value: string): string => (match['case_sensitive'] === false ? value.toLowerCase() : value);
  const own = fold(path.split('?')[0] ?? '');
  const prefix = text(match['prefix']);
  const exact = text(match['path']);
  const folder = text(match['path_separated_prefix']);
  if (prefix !== undefined) return fold(path).startsWith(fold(prefix));
  if (exact !== undefined) return own === fold(exact);
  if (folder !== undefined) return own === fold(folder) || own.startsWith(`${fold(folder)}/`);
  return true;
}

function clustersOf(action: Json): readonly string[] {
  const one = text(action['cluster']);
  const weighted = objects(at(action, 'weighted_clusters', 'clusters')).flatMap(({ name }) => text(name) ?? []);
  return one === undefined ? weighted : [one];
}

function nowhere(reached: readonly Json[], actions: readonly Json[], path: string): string {
  if (reached.length === 0) return `no route matches load.path ${path}`;
  if (actions.length === 0) return `load.path ${path} is answered by Envoy itself (a redirect or a direct response)`;
  return `the cluster for load.path ${path} is chosen by a header or a plugin`;
}
