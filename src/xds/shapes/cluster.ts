import { clusterName, type Service } from '../../services/index.ts';
import type { Json } from '../encode.ts';
import { TYPE_URLS } from '../types.ts';
import { BLACK_HOLE, EXTENSIONS, PASSTHROUGH, socketAddress } from './common.ts';

/** No circuit breaker, in Istio's words. */
const UNLIMITED = 4_294_967_295;
const LIMITS = {
  thresholds: [
    {
      max_connections: UNLIMITED,
      max_pending_requests: UNLIMITED,
      max_requests: UNLIMITED,
      max_retries: UNLIMITED,
      track_remaining: true,
    },
  ],
};

export function cluster(service: Service, source: Json): Json {
  const name = clusterName(service);
  const { host, namespace } = service;
  const [shortName] = host.split('.');
  return {
    '@type': TYPE_URLS.cluster,
    name,
    type: 'EDS',
    eds_cluster_config: { eds_config: source, service_name: name },
    connect_timeout: '10s',
    lb_policy: 'LEAST_REQUEST',
    circuit_breakers: LIMITS,
    metadata: { filter_metadata: { istio: { services: [{ host, name: shortName, namespace }] } } },
  };
}

/** Where the requests go that are for no service: nowhere, or where they were going. */
export function fixedClusters(): readonly Json[] {
  const options = `${EXTENSIONS}.upstreams.http.v3.HttpProtocolOptions`;
  return [
    { '@type': TYPE_URLS.cluster, name: BLACK_HOLE, type: 'STATIC', connect_timeout: '10s' },
    {
      '@type': TYPE_URLS.cluster,
      name: PASSTHROUGH,
      type: 'ORIGINAL_DST',
      lb_policy: 'CLUSTER_PROVIDED',
      connect_timeout: '10s',
      circuit_breakers: LIMITS,
      typed_extension_protocol_options: {
        'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
          '@type': options,
          use_downstream_protocol_config: { http_protocol_options: {}, http2_protocol_options: {} },
        },
      },
    },
  ];
}

/** The addresses of a service, as its cluster asks for them. */
export function loadAssignment(service: Service): Json {
  const { endpoints } = service;
  return {
    '@type': TYPE_URLS.endpoint,
    cluster_name: clusterName(service),
    endpoints:
      endpoints.length === 0
        ? []
        : [
            {
              locality: {},
              lb_endpoints: endpoints.map(({ address, port }) => ({
                endpoint: { address: socketAddress(address, port) },
                load_balancing_weight: 1,
              })),
              load_balancing_weight: endpoints.length,
            },
          ],
  };
}
