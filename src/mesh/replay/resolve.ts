import type { Json } from '../sidecar-plan.ts';
import { at, mapDeep, object, text, typeOf, without } from './json.ts';
import type { Notes } from './notes.ts';
import type { ReplaySource } from './source.ts';
import { resolveTls } from './tls.ts';

/**
 * A listener or cluster that needs no control plane and no file: routes, filters and secrets that came by discovery
 * stand in their places, and access logs go to a folder of the run's own.
 */
export function resolve(part: Json, source: ReplaySource, logFolder: string, notes: Notes): Json {
  const owner = text(part['name']) ?? 'without a name';
  const change = (json: Json): Json | undefined => {
    if (json['config_discovery'] !== undefined) return discovered(json, source, owner, notes);
    if (json['typed_config'] === undefined) return json;
    switch (typeOf(json['typed_config'])) {
      case 'HttpConnectionManager':
        return withConfig(json, routed(configOf(json), source, owner, notes));
      case 'FileAccessLog':
      case 'StdoutAccessLog':
      case 'StderrAccessLog':
        return logged(json, logFolder, notes);
      default:
        return resolveTls(json, source.secrets, owner, notes);
    }
  };
  return mapDeep(part, change) ?? {};
}

function configOf(json: Json): Json {
  return object(json['typed_config']) ?? {};
}

function withConfig(json: Json, config: Json): Json {
  return { ...json, typed_config: config };
}

/** Extension discovery: the filter as the dump has it, else its own default, else none. */
function discovered(filter: Json, { extensions }: ReplaySource, owner: string, notes: Notes): Json | undefined {
  const name = text(filter['name']) ?? '';
  const config =
    object(at(extensions.get(name), 'typed_config')) ?? object(at(filter, 'config_discovery', 'default_config'));
  if (config === undefined) {
    notes.add('filters left out, since the file does not have what extension discovery gave', `${name} of ${owner}`);
    return undefined;
  }
  return { ...without(filter, 'config_discovery'), typed_config: config };
}

/** Route discovery: the routes of that name; a static table would be refused for clusters that it names and are not. */
function routed(manager: Json, { routes }: ReplaySource, owner: string, notes: Notes): Json {
  const asked = manager['rds'] ?? manager['scoped_routes'];
  if (asked === undefined) return manager;
  const name = text(at(asked, 'route_config_name')) ?? text(at(asked, 'name')) ?? '';
  const known = manager['rds'] === undefined ? undefined : routes.get(name);
  if (known === undefined) notes.add('listeners without routes, since the file does not have theirs', owner);
  else notes.add('routes of route discovery stand in their listeners', name);
  const table: Json = known === undefined ? { name, virtual_hosts: [] } : without(known, 'vhds');
  return { ...without(manager, 'rds', 'scoped_routes'), route_config: { ...table, validate_clusters: false } };
}

/** Its format stays. The file is in memory: what a container runtime does with a sidecar's output is not measured. */
function logged(log: Json, folder: string, notes: Notes): Json {
  const config = configOf(log);
  const path = text(config['path']) ?? (typeOf(config) === 'StderrAccessLog' ? '/dev/stderr' : '/dev/stdout');
  if (path === '/dev/null') return log;
  notes.add('access logs go to files in memory instead', path);
  return {
    ...log,
    typed_config: {
      ...config,
      '@type': 'type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog',
      path: `${folder}/log${path.replaceAll(/[^A-Za-z0-9.-]+/gu, '_')}`,
    },
  };
}
