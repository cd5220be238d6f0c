import type { Service } from './mesh.ts';

/** A service as a sidecar offers it: where it listens for it. */
export interface Route {
  readonly service: Service;
  readonly address: string;
  readonly port: number;
}

type Json = Readonly<Record<string, unknown>>;

/** Counters that show whether requests really went through: kept per trial. Everything else is not even counted. */
export const COUNTER_PREFIXES: readonly string[] = ['http.outbound.downstream_', 'cluster.service.', 'server.'];

/** Far above what a run can reach, so that no circuit breaker is what is measured. */
const UNLIMITED = 1_000_000_000;
const HCM = 'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';
const ROUTER = 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router';

/**
 * Envoy's bootstrap for a sidecar with static routes, after Envoy's own guide to benchmarking
 * (docs/root/faq/performance/how_to_benchmark_envoy.rst): no access log, no request ids, no dynamic stats, circuit
 * breakers out of reach, and only those stats that a report needs.
 */
export function sidecarBootstrap(direction: 'outbound', adminSocket: string, routes: readonly Route[]): Json {
  return {
    admin: { address: { pipe: { path: adminSocket, mode: 0o600 } } },
    node: { id: direction, cluster: 'meshbench' },
    stats_config: { stats_matcher: { inclusion_list: { patterns: COUNTER_PREFIXES.map((prefix) => ({ prefix })) } } },
    static_resources: {
      listeners: routes.map((route) => listener(direction, route)),
      clusters: routes.map(({ service }) => cluster(service)),
    },
  };
}

function listener(direction: string, { service, address, port }: Route): Json {
  return {
    name: `${direction}-${service.name}`,
    address: { socket_address: { address, port_value: port } },
    filter_chains: [
      {
        filters: [
          {
            name: 'envoy.filters.network.http_connection_manager',
            typed_config: connectionManager(direction, service),
          },
        ],
      },
    ],
  };
}

function connectionManager(direction: string, service: Service): Json {
  return {
    '@type': HCM,
    stat_prefix: direction,
    codec_type: 'HTTP1',
    generate_request_id: false,
    stream_idle_timeout: '0s',
    common_http_protocol_options: { idle_timeout: '0s' },
    route_config: {
      name: service.name,
      virtual_hosts: [
        {
          name: service.name,
          domains: ['*'],
          routes: [{ match: { prefix: '/' }, route: { cluster: clusterName(service), timeout: '0s' } }],
        },
      ],
    },
    http_filters: [{ name: 'envoy.filters.http.router', typed_config: { '@type': ROUTER, dynamic_stats: false } }],
  };
}

function cluster(service: Service): Json {
  const limits = {
    max_connections: UNLIMITED,
    max_pending_requests: UNLIMITED,
    max_requests: UNLIMITED,
    max_retries: UNLIMITED,
  };
  return {
    name: clusterName(service),
    type: 'STATIC',
    connect_timeout: '5s',
    circuit_breakers: { thresholds: [limits, { priority: 'HIGH', ...limits }] },
    load_assignment: {
      cluster_name: clusterName(service),
      endpoints: [
        {
          lb_endpoints: service.endpoints.map(({ address, port }) => ({
            endpoint: { address: { socket_address: { address, port_value: port } } },
          })),
        },
      ],
    },
  };
}

function clusterName(service: Service): string {
  return `service.${service.name}`;
}
