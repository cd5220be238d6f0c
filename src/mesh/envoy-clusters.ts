import { HTTP2_UPSTREAM } from './envoy-http2.ts';
import { markOption, socketAddress } from './envoy-socket.ts';
import { thriftOptions } from './envoy-thrift.ts';
import { upstreamTls } from './envoy-tls.ts';
import type { Endpoint, Service } from './mesh.ts';
import { ENVOY_MARK, INBOUND_SOURCE } from './network.ts';
import type { Json, SidecarPlan } from './sidecar-plan.ts';

/** Far above what a run can reach, so that no circuit breaker is what is measured. */
const UNLIMITED = 1_000_000_000;

export const INBOUND_CLUSTER = 'inbound';
export const PASSTHROUGH_CLUSTER = 'passthrough';
export const COLLECTOR_CLUSTER = 'collector';

export function serviceCluster(service: Service): string {
  return `service.${service.name}`;
}

/** Where a sidecar's requests go on: services, its own application, and where what it intercepts is no service. */
export function clustersOf(plan: SidecarPlan): Json[] {
  const { outbound, inbound, mesh, collector } = plan;
  const catchesAll = outbound.length > 0 && (mesh.outbound === 'redirect' || mesh.outbound === 'tproxy');
  return [
    ...outbound.map((service) => toService(service, plan)),
    ...(catchesAll ? [toOriginalDestination(PASSTHROUGH_CLUSTER, ownConnections(plan))] : []),
    ...(inbound === undefined ? [] : [toApplication(inbound, plan)]),
    ...(collector === undefined ? [] : [toEndpoints(COLLECTOR_CLUSTER, [collector], ownConnections(plan))]),
  ];
}

function toService(service: Service, plan: SidecarPlan): Json {
  const { certificate } = plan;
  return {
    ...toEndpoints(serviceCluster(service), service.endpoints, ownConnections(plan)),
    ...spokenOptions('outbound', plan),
    ...(certificate === undefined ? {} : { transport_socket: upstreamTls(certificate, service) }),
  };
}

/** What a cluster's connections speak, where it is not HTTP/1.1. */
function spokenOptions(direction: 'inbound' | 'outbound', plan: SidecarPlan): Json {
  return plan.protocol === 'http2' || plan.protocol === 'grpc' ? HTTP2_UPSTREAM : thriftOptions(direction, plan);
}

/** What was led here by packet rules goes on to where it was going; what came to a listener goes to the address behind. */
function toApplication(application: Endpoint, plan: SidecarPlan): Json {
  const { mesh } = plan;
  const options = spokenOptions('inbound', plan);
  if (mesh.inbound === 'listener') return toEndpoints(INBOUND_CLUSTER, [application], options);
  if (mesh.originalSource) return toOriginalDestination(INBOUND_CLUSTER, options);
  return toOriginalDestination(INBOUND_CLUSTER, { ...ownConnections(plan, INBOUND_SOURCE), ...options });
}

function toEndpoints(name: string, endpoints: readonly Endpoint[], connections: Json): Json {
  return {
    ...base(name, connections),
    type: 'STATIC',
    load_assignment: {
      cluster_name: name,
      endpoints: [{ lb_endpoints: endpoints.map((endpoint) => ({ endpoint: { address: socketAddress(endpoint) } })) }],
    },
  };
}

function toOriginalDestination(name: string, connections: Json): Json {
  return { ...base(name, connections), type: 'ORIGINAL_DST', lb_policy: 'CLUSTER_PROVIDED' };
}

function base(name: string, connections: Json): Json {
  const limits = {
    max_connections: UNLIMITED,
    max_pending_requests: UNLIMITED,
    max_requests: UNLIMITED,
    max_retries: UNLIMITED,
  };
  return {
    name,
    connect_timeout: '5s',
    circuit_breakers: { thresholds: [limits, { priority: 'HIGH', ...limits }] },
    ...connections,
  };
}

/** How packet rules tell this Envoy's own connections: by their mark, or by its user, which needs nothing here. */
export function ownConnections({ mesh, outbound }: SidecarPlan, source = '0.0.0.0'): Json {
  const marked = mesh.exempt === 'mark' && outbound.length > 0 && ['redirect', 'tproxy'].includes(mesh.outbound);
  if (!marked && source === '0.0.0.0') return {};
  return {
    upstream_bind_config: {
      source_address: { address: source, port_value: 0 },
      ...(marked ? { socket_options: [markOption(ENVOY_MARK)] } : {}),
    },
  };
}
