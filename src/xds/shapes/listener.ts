import { type InterceptionMode, statPrefix } from '../../services/index.ts';
import type { Json } from '../encode.ts';
import { TYPE_URLS } from '../types.ts';
import { ADS, BLACK_HOLE, EXTENSIONS, PASSTHROUGH, socketAddress, tcpProxy } from './common.ts';

/** Where led connections arrive. */
const CAPTURE_PORT = 15_001;

/** The listener of a port, which takes the requests for all services that have it; not bound where others lead to it. */
export function portListener(
  port: number,
  address: string,
  { bound, onDemand }: { readonly bound: boolean; readonly onDemand: boolean },
): Json {
  return {
    '@type': TYPE_URLS.listener,
    name: `${address}_${port}`,
    address: socketAddress(address, port),
    bind_to_port: bound,
    traffic_direction: 'OUTBOUND',
    filter_chains: [{ filters: [connectionManager(statPrefix(port, address), String(port), onDemand)] }],
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
    address: socketAddress('0.0.0.0', CAPTURE_PORT),
    use_original_dst: true,
    ...(mode === 'TPROXY' ? { transparent: true } : {}),
    traffic_direction: 'OUTBOUND',
    filter_chains: [
      {
        name: 'virtualOutbound-blackhole',
        filter_chain_match: { destination_port: CAPTURE_PORT },
        filters: [tcpProxy(BLACK_HOLE)],
      },
      { name: 'virtualOutbound-catchall-tcp', filters: [tcpProxy(unknown === BLACK_HOLE ? BLACK_HOLE : PASSTHROUGH)] },
    ],
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
      use_remote_address: false,
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
