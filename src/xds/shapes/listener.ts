import { type InterceptionMode, NAMESPACE, statPrefix } from '../../services/index.ts';
import type { Json } from '../encode.ts';
import { TYPE_URLS } from '../types.ts';
import { ADS, BLACK_HOLE, EXTENSIONS, outboundListener, PASSTHROUGH, socketAddress, tcpProxy } from './common.ts';

/** Where led connections arrive. */
const CAPTURE_PORT = 15_001;

/** Where Istio listens on a port for whatever address was asked for. */
const WILDCARD = '0.0.0.0';

/** How a listener of a port is to be. */
export interface ListenerOptions {
  readonly address: string;
  /** False where others lead to it. */
  readonly bound: boolean;
  /** True where it asks for clusters that a request needs. */
  readonly onDemand: boolean;
  /** The cluster to which requests go that are for no service. */
  readonly unknown: string;
}

/**
 * The listener of a port, which takes the requests for all services that have it. One for all addresses looks at what
 * comes first, since what is no HTTP may be for somebody else.
 */
export function portListener(port: number, { address, bound, onDemand, unknown }: ListenerOptions): Json {
  const chain = {
    filters: [connectionManager(statPrefix(port, address), String(port), onDemand)],
    transport_socket_connect_timeout: '15s',
  };
  return {
    ...outboundListener(port, address, bound),
    ...(address === WILDCARD ? sniffed(chain, unknown) : { filter_chains: [chain] }),
  };
}

function sniffed(chain: Json, unknown: string): Json {
  return {
    listener_filters: [
      {
        name: 'envoy.filters.listener.http_inspector',
        typed_config: { '@type': `${EXTENSIONS}.filters.listener.http_inspector.v3.HttpInspector` },
      },
    ],
    listener_filters_timeout: '0s',
    continue_on_listener_filters_timeout: true,
    filter_chains: [
      {
        filter_chain_match: { transport_protocol: 'raw_buffer', application_protocols: ['http/1.1', 'h2c'] },
        ...chain,
      },
    ],
    default_filter_chain: { filter_chain_match: {}, name: 'PassthroughFilterChain', filters: [otherwise(unknown)] },
  };
}

/**
 * Takes all connections that are led here and hands each to the listener of the port that it was going to; where there is
 * none, it goes nowhere or to where it was going: nothing tells what else it is for.
 */
export function captureListener(mode: InterceptionMode, unknown: string): Json {
  return {
    '@type': TYPE_URLS.listener,
    name: 'virtualOutbound',
    address: socketAddress(WILDCARD, CAPTURE_PORT),
    use_original_dst: true,
    max_connections_to_accept_per_socket_event: 1,
    ...(mode === 'TPROXY' ? { transparent: true } : {}),
    traffic_direction: 'OUTBOUND',
    filter_chains: [
      {
        name: 'virtualOutbound-blackhole',
        filter_chain_match: { destination_port: CAPTURE_PORT },
        filters: [tcpProxy(BLACK_HOLE)],
      },
      { name: 'virtualOutbound-catchall-tcp', filters: [otherwise(unknown)] },
    ],
  };
}

/** For what is no HTTP: nothing tells what else it is for. */
function otherwise(unknown: string): Json {
  return tcpProxy(unknown === BLACK_HOLE ? BLACK_HOLE : PASSTHROUGH);
}

/** What spans would tell of a pod without labels of Istio's own; nothing is traced without a provider. */
const TRACING: Json = {
  client_sampling: { value: 100 },
  random_sampling: { value: 1 },
  overall_sampling: { value: 100 },
  custom_tags: [
    ...['allow', 'deny'].flatMap((policy) => [
      dryRunTag(`${policy}_policy.name`, `${policy}_shadow_effective_policy_id`),
      dryRunTag(`${policy}_policy.result`, `${policy}_shadow_engine_result`),
    ]),
    ...Object.entries({
      canonical_revision: 'latest',
      canonical_service: 'unknown',
      cluster_id: 'Kubernetes',
      mesh_id: 'unknown',
      namespace: NAMESPACE,
    }).map(([tag, value]) => ({ tag: `istio.${tag}`, literal: { value } })),
  ],
};

function dryRunTag(name: string, key: string): Json {
  return {
    tag: `istio.authorization.dry_run.${name}`,
    metadata: {
      kind: { request: {} },
      metadata_key: { key: 'envoy.filters.http.rbac', path: [{ key: `istio_dry_run_${key}` }] },
    },
  };
}

/** Istio's, less its own filters, which a stock Envoy does not have: peer metadata, ALPN and stats. */
function connectionManager(prefix: string, route: string, onDemand: boolean): Json {
  return {
    name: 'envoy.filters.network.http_connection_manager',
    typed_config: {
      '@type': `${EXTENSIONS}.filters.network.http_connection_manager.v3.HttpConnectionManager`,
      stat_prefix: prefix,
      rds: { config_source: ADS, route_config_name: route },
      http_filters: [
        filter('grpc_stats', 'grpc_stats.v3.FilterConfig', { emit_filter_state: true, stats_for_all_methods: false }),
        filter('fault', 'fault.v3.HTTPFault'),
        filter('cors', 'cors.v3.Cors'),
        ...(onDemand ? [filter('on_demand', 'on_demand.v3.OnDemand', { odcds: { source: ADS, timeout: '5s' } })] : []),
        filter('router', 'router.v3.Router'),
      ],
      tracing: TRACING,
      use_remote_address: false,
      proxy_100_continue: true,
      normalize_path: true,
      path_with_escaped_slashes_action: 'KEEP_UNCHANGED',
      stream_idle_timeout: '0s',
      upgrade_configs: [{ upgrade_type: 'websocket' }],
      request_id_extension: {
        typed_config: {
          '@type': `${EXTENSIONS}.request_id.uuid.v3.UuidRequestIdConfig`,
          use_request_id_for_trace_sampling: true,
        },
      },
    },
  };
}

function filter(name: string, type: string, config: Json = {}): Json {
  return {
    name: `envoy.filters.http.${name}`,
    typed_config: { '@type': `${EXTENSIONS}.filters.http.${type}`, ...config },
  };
}
