import type { Interception } from '../scenario/index.ts';
import { COLLECTOR_CLUSTER, INBOUND_CLUSTER, PASSTHROUGH_CLUSTER, serviceCluster } from './envoy-clusters.ts';
import { GRPC_STATS_FILTER } from './envoy-http2.ts';
import { markOption, socketAddress } from './envoy-socket.ts';
import { thriftProxy } from './envoy-thrift.ts';
import { downstreamTls } from './envoy-tls.ts';
import type { Endpoint, Service } from './mesh.ts';
import { ENVOY_MARK, INBOUND_PORT, ORIGINAL_SOURCE_MARK, OUTBOUND_LISTENER, OUTBOUND_PORT } from './network.ts';
import type { Json, SidecarPlan } from './sidecar-plan.ts';

const EXTENSIONS = 'type.googleapis.com/envoy.extensions';
const HCM = `${EXTENSIONS}.filters.network.http_connection_manager.v3.HttpConnectionManager`;
const ROUTER = `${EXTENSIONS}.filters.http.router.v3.Router`;
const TCP_PROXY = `${EXTENSIONS}.filters.network.tcp_proxy.v3.TcpProxy`;
const ORIGINAL_DST = `${EXTENSIONS}.filters.listener.original_dst.v3.OriginalDst`;
const ORIGINAL_SRC = `${EXTENSIONS}.filters.listener.original_src.v3.OriginalSrc`;
const FILE_ACCESS_LOG = `${EXTENSIONS}.access_loggers.file.v3.FileAccessLog`;
const OPEN_TELEMETRY = 'type.googleapis.com/envoy.config.trace.v3.OpenTelemetryConfig';

const ANY = '0.0.0.0';

/** Where a sidecar's access log is, below its host's folder. */
export const ACCESS_LOG = 'access.log';

/** The fields of Istio's default text format (its pilot/pkg/model/telemetry_logging.go), in its order. */
const LOG_FORMAT =
  '[%START_TIME%] "%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%" %RESPONSE_CODE% %RESPONSE_FLAGS% ' +
  '%RESPONSE_CODE_DETAILS% %CONNECTION_TERMINATION_DETAILS% "%UPSTREAM_TRANSPORT_FAILURE_REASON%" %BYTES_RECEIVED% ' +
  '%BYTES_SENT% %DURATION% %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% "%REQ(X-FORWARDED-FOR)%" "%REQ(USER-AGENT)%" ' +
  '"%REQ(X-REQUEST-ID)%" "%REQ(:AUTHORITY)%" "%UPSTREAM_HOST%" %UPSTREAM_CLUSTER_RAW% %UPSTREAM_LOCAL_ADDRESS% ' +
  '%DOWNSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_REMOTE_ADDRESS% %REQUESTED_SERVER_NAME% %ROUTE_NAME%\n';

export function listenersOf(plan: SidecarPlan): Json[] {
  return [...outboundListeners(plan), ...(plan.inbound === undefined ? [] : [inboundListener(plan.inbound, plan)])];
}

/**
 * One listener per port of the services, which tells them by the request's host name. Where packets are led, one more
 * takes all of them and hands each connection to the listener of the port that it was going to.
 */
function outboundListeners(plan: SidecarPlan): Json[] {
  const ports = [...new Set(plan.outbound.map(({ port }) => port))];
  if (ports.length === 0) return [];
  const perPort = ports.map((port) => portListener(port, plan));
  return plan.mesh.outbound === 'listener' ? perPort : [catchAll(plan), ...perPort];
}

function portListener(port: number, plan: SidecarPlan): Json {
  const own = plan.mesh.outbound === 'listener';
  const services = plan.outbound.filter((service) => service.port === port);
  return {
    name: `outbound-${port}`,
    stat_prefix: `outbound-${port}`,
    address: socketAddress({ address: own ? OUTBOUND_LISTENER : ANY, port }),
    ...(own ? {} : { bind_to_port: false }),
    filter_chains: [{ filters: [outboundFilter(services, plan)] }],
  };
}

function catchAll(plan: SidecarPlan): Json {
  return {
    name: 'outbound',
    stat_prefix: 'outbound',
    address: socketAddress({ address: ANY, port: OUTBOUND_PORT }),
    ...(plan.mesh.outbound === 'tproxy' ? { transparent: true } : {}),
    use_original_dst: true,
    filter_chains: [
      {
        filters: [
          {
            name: 'envoy.filters.network.tcp_proxy',
            typed_config: { '@type': TCP_PROXY, stat_prefix: PASSTHROUGH_CLUSTER, cluster: PASSTHROUGH_CLUSTER },
          },
        ],
      },
    ],
  };
}

function inboundListener(application: Endpoint, plan: SidecarPlan): Json {
  const { mesh, certificate } = plan;
  const chain = {
    filters: [inboundFilter(plan)],
    ...(certificate === undefined ? {} : { transport_socket: downstreamTls(certificate) }),
  };
  const named = { name: 'inbound', stat_prefix: 'inbound' };
  if (mesh.inbound === 'listener') {
    const address = socketAddress({ address: plan.address, port: application.port });
    return { ...named, address, filter_chains: [chain] };
  }
  return {
    ...named,
    address: socketAddress({ address: ANY, port: INBOUND_PORT }),
    ...(mesh.inbound === 'tproxy' ? transparent(mesh.originalSource, mesh.conntrack) : {}),
    listener_filters: listenerFilters(mesh.inbound, mesh.originalSource),
    filter_chains: [{ ...chain, filter_chain_match: { destination_port: application.port } }],
  };
}

/** Without connection tracking the packet rules tell Envoy's answers from its application's by the listener's mark. */
function transparent(originalSource: boolean, conntrack: boolean): Json {
  const marked = originalSource && !conntrack;
  return { transparent: true, ...(marked ? { socket_options: [markOption(ENVOY_MARK)] } : {}) };
}

function listenerFilters(inbound: Interception, originalSource: boolean): Json[] {
  const destination = { name: 'envoy.filters.listener.original_dst', typed_config: { '@type': ORIGINAL_DST } };
  const source = {
    name: 'envoy.filters.listener.original_src',
    typed_config: { '@type': ORIGINAL_SRC, mark: ORIGINAL_SOURCE_MARK },
  };
  return inbound === 'tproxy' && originalSource ? [destination, source] : [destination];
}

function outboundFilter(services: readonly Service[], plan: SidecarPlan): Json {
  const [service] = services;
  if (plan.thrift === undefined || service === undefined) {
    return connectionManager('outbound', services.map(virtualHost), plan);
  }
  return thriftProxy('outbound', serviceCluster(service), plan.thrift, accessLogs(plan));
}

function inboundFilter(plan: SidecarPlan): Json {
  if (plan.thrift === undefined) return connectionManager('inbound', [anyHost(INBOUND_CLUSTER)], plan);
  return thriftProxy('inbound', INBOUND_CLUSTER, plan.thrift, accessLogs(plan));
}

function accessLogs({ mesh, folder }: SidecarPlan): Json[] {
  return mesh.telemetry.accessLog ? [accessLog(`${folder}/${ACCESS_LOG}`)] : [];
}

function connectionManager(direction: 'inbound' | 'outbound', virtualHosts: readonly Json[], plan: SidecarPlan): Json {
  const { telemetry } = plan.mesh;
  return {
    name: 'envoy.filters.network.http_connection_manager',
    typed_config: {
      '@type': HCM,
      stat_prefix: direction,
      codec_type: plan.protocol === 'http' ? 'HTTP1' : 'AUTO',
      // Whether a request is traced is decided by its id.
      generate_request_id: telemetry.tracing > 0,
      stream_idle_timeout: '0s',
      common_http_protocol_options: { idle_timeout: '0s' },
      route_config: { name: direction, virtual_hosts: virtualHosts },
      http_filters: [
        ...(plan.protocol === 'grpc' ? [GRPC_STATS_FILTER] : []),
        {
          name: 'envoy.filters.http.router',
          typed_config: { '@type': ROUTER, dynamic_stats: telemetry.stats === 'all' },
        },
      ],
      ...(telemetry.accessLog ? { access_log: accessLogs(plan) } : {}),
      ...(telemetry.tracing > 0 ? { tracing: tracing(telemetry.tracing, `${plan.name}.${direction}`) } : {}),
    },
  };
}

function virtualHost(service: Service): Json {
  return {
    name: service.name,
    domains: [service.name, `${service.name}:${service.port}`],
    routes: [route(serviceCluster(service))],
  };
}

function anyHost(cluster: string): Json {
  return { name: cluster, domains: ['*'], routes: [route(cluster)] };
}

function route(cluster: string): Json {
  return { name: cluster, match: { prefix: '/' }, route: { cluster, timeout: '0s' } };
}

function accessLog(path: string): Json {
  const format = { text_format_source: { inline_string: LOG_FORMAT } };
  return { name: 'envoy.access_loggers.file', typed_config: { '@type': FILE_ACCESS_LOG, path, log_format: format } };
}

function tracing(share: number, service: string): Json {
  const uri = { uri: 'http://collector/v1/traces', cluster: COLLECTOR_CLUSTER, timeout: '1s' };
  return {
    random_sampling: { value: share * 100 },
    provider: {
      name: 'envoy.tracers.opentelemetry',
      typed_config: { '@type': OPEN_TELEMETRY, service_name: service, http_service: { http_uri: uri } },
    },
  };
}
