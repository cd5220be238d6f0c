import type { Json } from './sidecar-plan.ts';

const HTTP_OPTIONS = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';
const GRPC_STATS = 'type.googleapis.com/envoy.extensions.filters.http.grpc_stats.v3.FilterConfig';

/** A cluster's connections speak HTTP/2, by prior knowledge where there is no TLS. */
export const HTTP2_UPSTREAM: Json = {
  typed_extension_protocol_options: {
    [HTTP_OPTIONS]: {
      '@type': `type.googleapis.com/${HTTP_OPTIONS}`,
      explicit_http_config: { http2_protocol_options: {} },
    },
  },
};

/** Counts gRPC calls by how they ended, at their cluster; Istio's sidecars have it too. */
export const GRPC_STATS_FILTER: Json = {
  name: 'envoy.filters.http.grpc_stats',
  typed_config: { '@type': GRPC_STATS, emit_filter_state: true, stats_for_all_methods: false },
};

/** Calls that a cluster answered, with status 0 or another, by Envoy's names. */
export function grpcAnswerCounters(cluster: string): readonly string[] {
  return ['success', 'failure'].map((how) => `cluster.${cluster}.grpc.${how}`);
}
