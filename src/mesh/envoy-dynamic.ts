import {
  clusterPrefix,
  EDS_CLUSTER,
  inboundCluster,
  inboundStatPrefix,
  listenerAddress,
  nodeId,
  statPrefix,
} from '../services/index.ts';
import { interceptionMode } from './control-plane.ts';
import { ownConnections } from './envoy-clusters.ts';
import { HTTP2_UPSTREAM } from './envoy-http2.ts';
import { socketAddress } from './envoy-socket.ts';
import { listenerCounters } from './envoy-thrift.ts';
import type { Endpoint, ThriftCounters } from './mesh.ts';
import type { ControlPlaneAccess, Json, SidecarPlan } from './sidecar-plan.ts';

/** The cluster of the control plane, by Istio's name for it. */
const CLUSTER = 'xds-grpc';

/** Whence resources come: the one stream. As Istio's, it is waited for without end. */
const ADS: Json = { ads: {}, initial_fetch_timeout: '0s', resource_api_version: 'V3' };

/** The parts of a bootstrap that make Envoy ask a control plane for all else, as Istio's own bootstrap has them. */
export function dynamicBootstrap(plan: SidecarPlan, access: ControlPlaneAccess): Json {
  const { namespace, cluster } = plan.place;
  return {
    node: {
      id: nodeId(plan.name, namespace, plan.address),
      cluster: `${plan.name}.${namespace}`,
      metadata: {
        NAMESPACE: namespace,
        LABELS: { app: plan.name },
        CLUSTER_ID: cluster,
        INTERCEPTION_MODE: interceptionMode(plan.mesh),
      },
    },
    // What packet rules tell Envoy's own connections by holds for all clusters, since istiod's know nothing of marks.
    cluster_manager: ownConnections(plan),
    dynamic_resources: {
      lds_config: ADS,
      cds_config: ADS,
      ads_config: {
        api_type: access.protocol === 'delta' ? 'DELTA_GRPC' : 'GRPC',
        set_node_on_first_message_only: true,
        transport_api_version: 'V3',
        grpc_services: [{ envoy_grpc: { cluster_name: CLUSTER } }],
      },
    },
    static_resources: {
      clusters: [
        serverCluster(CLUSTER, access),
        ...(access.edsPort === undefined
          ? []
          : [serverCluster(EDS_CLUSTER, { address: access.address, port: access.edsPort })]),
      ],
    },
  };
}

function serverCluster(name: string, server: Endpoint): Json {
  return {
    name,
    type: 'STATIC',
    connect_timeout: '1s',
    ...HTTP2_UPSTREAM,
    load_assignment: {
      cluster_name: name,
      endpoints: [{ lb_endpoints: [{ endpoint: { address: socketAddress(server) } }] }],
    },
  };
}

/** A way of requests through a sidecar. */
type Way = Pick<SidecarPlan, 'protocol' | 'mesh' | 'bind'> & { readonly direction: 'outbound' | 'inbound' };

/** The counters of requests that came for the services of a port, or for the application behind it. */
export function requestCounters(port: number, { protocol, direction, ...plan }: Way): readonly string[] {
  if (direction === 'inbound') return [`http.${inboundStatPrefix(port)}.downstream_rq_total`];
  if (protocol !== 'thrift') return [`${httpCounters(port, plan)}rq_total`];
  const { calls, oneways, unfinished } = listenerThriftCounters(port, plan);
  return [calls, oneways, ...(unfinished === undefined ? [] : [unfinished])];
}

/** What the listener of a port counts of Thrift: clusters beyond it may change. */
export function listenerThriftCounters(port: number, plan: Pick<SidecarPlan, 'mesh' | 'bind'>): ThriftCounters {
  return listenerCounters('outbound', listenerPrefix(port, plan));
}

/** What the names of the counters of a port's requests and connections begin with. */
function httpCounters(port: number, { mesh, bind }: Pick<SidecarPlan, 'mesh' | 'bind'>): string {
  return `http.${listenerPrefix(port, { mesh, bind })}.downstream_`;
}

function listenerPrefix(port: number, { mesh, bind }: Pick<SidecarPlan, 'mesh' | 'bind'>): string {
  return statPrefix(port, bind ?? listenerAddress(interceptionMode(mesh)));
}

/** Counters worth keeping of such a sidecar: those of the way that requests take, and of the configuration. */
export function dynamicCounters(plan: Pick<SidecarPlan, 'mesh' | 'outbound' | 'inbound' | 'bind'>): readonly string[] {
  const { inbound } = plan;
  return [
    ...(inbound === undefined
      ? []
      : [`http.${inboundStatPrefix(inbound.port)}.downstream_`, `cluster.${inboundCluster(inbound.port)}`]),
    ...plan.outbound.flatMap(({ port }) => [
      httpCounters(port, plan),
      `http.${listenerPrefix(port, plan)}.no_`,
      `thrift.${listenerPrefix(port, plan)}.`,
      // Those of the port's other clusters too: a push may lead requests there.
      `cluster.${clusterPrefix(port)}`,
    ]),
    `cluster.${CLUSTER}.`,
    `cluster.${EDS_CLUSTER}.`,
    'cluster_manager.',
    'listener_manager.',
    'control_plane.',
    'server.',
  ];
}
