import { clusterName, type HttpRule, type Service } from '../../services/index.ts';
import type { Json } from '../encode.ts';
import { TYPE_URLS } from '../types.ts';
import { BLACK_HOLE, EXTENSIONS } from './common.ts';

/** What Istio retries by default, and how. */
const RETRIES: Json = {
  retry_on: 'connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes',
  num_retries: 2,
  retry_host_predicate: [
    {
      name: 'envoy.retry_host_predicates.previous_hosts',
      typed_config: { '@type': `${EXTENSIONS}.retry.host.previous_hosts.v3.PreviousHostsPredicate` },
    },
  ],
  host_selection_retry_max_attempts: 5,
};

/** A service, and what a VirtualService says of its requests. */
export interface Routed {
  readonly service: Service;
  readonly rules: readonly HttpRule[] | undefined;
}

export interface RouteOptions {
  /** What names are completed with. */
  readonly domain: string;
  /** The cluster of requests for hosts that are not here. */
  readonly unknown: string;
}

/** The routes of a port: its services by their host names, and whatever else as the options say. */
export function routeConfiguration(port: number, routed: readonly Routed[], { domain, unknown }: RouteOptions): Json {
  return {
    '@type': TYPE_URLS.route,
    name: String(port),
    virtual_hosts: [...routed.map((one) => virtualHost(one, domain)), catchAll(unknown)],
    validate_clusters: false,
    max_direct_response_body_size_bytes: 1_048_576,
    ignore_port_in_host_matching: true,
  };
}

/** By Istio's names for what is let through, and for what is not. */
function catchAll(cluster: string): Json {
  const blocked = cluster === BLACK_HOLE;
  const name = blocked ? 'block_all' : 'allow_any';
  const action = blocked
    ? { direct_response: { status: 502 } }
    : { route: { cluster, timeout: '0s', max_grpc_timeout: '0s' } };
  return {
    name,
    domains: ['*'],
    routes: [{ name, match: { prefix: '/' }, ...action }],
    include_request_attempt_count: true,
  };
}

function virtualHost({ service, rules }: Routed, domain: string): Json {
  const { host, port } = service;
  return {
    name: `${host}:${port}`,
    domains: [host, `${host}.`, ...shortNames(host, domain)],
    routes: (rules ?? [{ name: 'default', route: [{ destination: { host } }] }]).flatMap((rule) =>
      routes(rule, service),
    ),
    include_request_attempt_count: true,
  };
}

/** A route for each match of a rule. Its destination is on the port of the service, as Istio has it where none is named. */
function routes({ name, match, route, timeout }: HttpRule, { host, port }: Service): readonly Json[] {
  const matches = match?.map(({ uri }) => ('exact' in uri ? { path: uri.exact } : { prefix: uri.prefix })) ?? [ALL];
  return matches.map((one) => ({
    ...(name === undefined ? {} : { name }),
    match: one,
    route: {
      ...towards(route, port),
      timeout: timeout ?? '0s',
      max_grpc_timeout: timeout ?? '0s',
      retry_policy: RETRIES,
    },
    decorator: { operation: `${host}:${port}/*` },
  }));
}

const ALL = { prefix: '/' };

function towards(route: HttpRule['route'], ownPort: number): Json {
  const [first, ...others] = route;
  const cluster = ({ destination: { host, subset, port } }: typeof first): string =>
    clusterName({ host, port: port?.number ?? ownPort, ...(subset === undefined ? {} : { subset }) });
  if (others.length === 0) return { cluster: cluster(first) };
  return {
    weighted_clusters: { clusters: route.map((one) => ({ name: cluster(one), weight: one.weight ?? 0 })) },
  };
}

/**
 * Shorter names by which the host can be asked for from a domain like `default.svc.cluster.local`: what both have in
 * common at their end may be left out, part by part, as resolvers add it again.
 */
function shortNames(host: string, domain: string): readonly string[] {
  const labels = host.split('.');
  const own = domain.split('.');
  let shared = 0;
  while (shared < own.length && labels.at(-1 - shared) === own.at(-1 - shared)) shared += 1;
  if (shared < 2 || shared >= labels.length) return [];
  const [name = '', namespace = ''] = labels;
  return shared === own.length
    ? [name, `${name}.${namespace}.svc`, `${name}.${namespace}`]
    : [`${name}.${namespace}`, `${name}.${namespace}.svc`];
}
