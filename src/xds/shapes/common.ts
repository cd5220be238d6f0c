import { EDS_CLUSTER } from '../../services/index.ts';
import type { DialectName } from '../dialect.ts';
import type { Json } from '../encode.ts';
import { TYPE_URLS } from '../types.ts';

export const EXTENSIONS = 'type.googleapis.com/envoy.extensions';

/** Whence the further resources come: the same stream. They are waited for so long; `0s`, as Istio has it, is without end. */
export function adsSource(fetchTimeout: string): Json {
  return { ads: {}, initial_fetch_timeout: fetchTimeout, resource_api_version: 'V3' };
}

/** Whence endpoints come that have a server of their own: a stream for each cluster, of the same dialect as all else. */
export function edsSource(fetchTimeout: string, dialect: DialectName): Json {
  return {
    api_config_source: {
      api_type: dialect === 'delta' ? 'DELTA_GRPC' : 'GRPC',
      transport_api_version: 'V3',
      set_node_on_first_message_only: true,
      grpc_services: [{ envoy_grpc: { cluster_name: EDS_CLUSTER } }],
    },
    initial_fetch_timeout: fetchTimeout,
    resource_api_version: 'V3',
  };
}

export const ADS: Json = adsSource('0s');

export const BLACK_HOLE = 'BlackHoleCluster';
export const PASSTHROUGH = 'PassthroughCluster';

export function socketAddress(address: string, port: number): Json {
  return { socket_address: { address, port_value: port } };
}

export function tcpProxy(cluster: string): Json {
  const type = `${EXTENSIONS}.filters.network.tcp_proxy.v3.TcpProxy`;
  return {
    name: 'envoy.filters.network.tcp_proxy',
    typed_config: { '@type': type, stat_prefix: cluster, cluster },
  };
}

/** What listeners of outgoing requests on a port have in common, as istiod has it. */
export function outboundListener(port: number, address: string, bound: boolean): Json {
  return {
    '@type': TYPE_URLS.listener,
    name: `${address}_${port}`,
    address: socketAddress(address, port),
    bind_to_port: bound,
    traffic_direction: 'OUTBOUND',
  };
}
