import { clusterName, type Service } from '../../services/index.ts';
import type { Json } from '../encode.ts';
import { TYPE_URLS } from '../types.ts';
import { BLACK_HOLE, EXTENSIONS, PASSTHROUGH, socketAddress } from './common.ts';
import { type ThriftManner, thriftOptions } from './thrift.ts';

/** No circuit breaker, in Istio's words. */
const UNLIMITED = 4_294_967_295;

type Policy = NonNullable<Service['policy']>;

/** What a connection pool says is limited, all else is not. */
function limits({ tcp, http }: NonNullable<Policy['connectionPool']> = {}): Json {
  return {
    thresholds: [
      {
        max_connections: tcp?.maxConnections ?? UNLIMITED,
        max_pending_requests: http?.http1MaxPendingRequests ?? UNLIMITED,
        max_requests: http?.http2MaxRequests ?? UNLIMITED,
        max_retries: http?.maxRetries ?? UNLIMITED,
      },
    ],
  };
}

/** As istiod turns it: addresses are ejected for what is named, and never for their success rate. */
function outliers({ outlierDetection: outlier }: Policy): Json {
  if (outlier === undefined) return { common_lb_config: { healthy_panic_threshold: {} } };
  const { consecutive5xxErrors, consecutiveGatewayErrors, maxEjectionPercent, minHealthPercent = 0 } = outlier;
  const certainly = (errors: number): number => (errors > 0 ? 100 : 0);
  return {
    outlier_detection: {
      ...(consecutive5xxErrors === undefined
        ? {}
        : { consecutive_5xx: consecutive5xxErrors, enforcing_consecutive_5xx: certainly(consecutive5xxErrors) }),
      ...(consecutiveGatewayErrors === undefined
        ? {}
        : {
            consecutive_gateway_failure: consecutiveGatewayErrors,
            enforcing_consecutive_gateway_failure: certainly(consecutiveGatewayErrors),
          }),
      interval: outlier.interval,
      base_ejection_time: outlier.baseEjectionTime,
      max_ejection_percent: maxEjectionPercent,
      enforcing_success_rate: 0,
    },
    common_lb_config: { healthy_panic_threshold: { value: minHealthPercent } },
  };
}

export function cluster(service: Service, source: Json, thrift: ThriftManner | undefined): Json {
  const name = clusterName(service);
  const { host, namespace, subset, policy = {} } = service;
  return {
    '@type': TYPE_URLS.cluster,
    name,
    type: 'EDS',
    eds_cluster_config: { eds_config: source, service_name: name },
    connect_timeout: policy.connectionPool?.tcp?.connectTimeout ?? '10s',
    lb_policy: policy.loadBalancer?.simple ?? 'LEAST_REQUEST',
    circuit_breakers: limits(policy.connectionPool),
    ...outliers(policy),
    // Counters of Thrift are read by the cluster's own name.
    ...(service.protocol === 'THRIFT' && thrift !== undefined ? thriftOptions(thrift) : { alt_stat_name: `${name};` }),
    metadata: {
      filter_metadata: {
        istio: { services: [{ host, name: host, namespace }], ...(subset === undefined ? {} : { subset }) },
      },
    },
  };
}

/** Where the requests go that are for no service: nowhere, or where they were going. */
export function fixedClusters(): readonly Json[] {
  const options = `${EXTENSIONS}.upstreams.http.v3.HttpProtocolOptions`;
  return [
    {
      '@type': TYPE_URLS.cluster,
      name: BLACK_HOLE,
      type: 'STATIC',
      connect_timeout: '10s',
      alt_stat_name: `${BLACK_HOLE};`,
    },
    {
      '@type': TYPE_URLS.cluster,
      name: PASSTHROUGH,
      type: 'ORIGINAL_DST',
      lb_policy: 'CLUSTER_PROVIDED',
      connect_timeout: '10s',
      circuit_breakers: limits(),
      alt_stat_name: `${PASSTHROUGH};`,
      typed_extension_protocol_options: {
        'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
          '@type': options,
          common_http_protocol_options: { idle_timeout: '300s' },
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
              lb_endpoints: endpoints.map(({ address, port, weight = 1 }) => ({
                endpoint: { address: socketAddress(address, port) },
                load_balancing_weight: weight,
              })),
              load_balancing_weight: endpoints.reduce((sum, { weight = 1 }) => sum + weight, 0),
            },
          ],
  };
}
