import { CLUSTER_ID, NAMESPACE } from '../services/index.ts';
import type { ControlPlaneSettings, MeshSettings, Settings, Workload } from './scenario.ts';

/** The host to which sidecars send their spans, where they trace. */
export const COLLECTOR = 'collector';

/** The host of the control plane, where there is one. */
export const CONTROL_PLANE = 'control-plane';
/** Its processes there, by kind: what tells the sidecars first, then what else does, or what it needs. */
export const CONTROL_PLANE_PROCESSES = {
  none: [],
  xds: ['xds'],
  /** With endpoints from a server of their own. */
  split: ['xds', 'eds'],
  istiod: ['istiod', 'kube-apiserver', 'etcd'],
} as const;
/** The host of the light clients beside the sidecars, and their process there. */
export const CROWD = 'crowd';
export const CROWD_PROCESS = 'members';
/** The host of the proxy that takes what sidecars are not shown, where there is one. */
export const CENTRAL = 'central';
/** Where it listens: the port of istiod in plaintext. */
export const CONTROL_PLANE_PORT = 15_010;
/** Where endpoints come from that have a server of their own. */
export const ENDPOINTS_PORT = 15_011;
/** The first port of services that are made up; below the ephemeral ports of Linux, and above those of topologies. */
export const FIRST_GENERATED_PORT = 20_000;

/** Ports on which sidecars take what packet rules lead to them, by direction: those that Istio uses. */
export const SIDECAR_PORTS = { outbound: 15_001, inbound: 15_006 } as const;

/** The share of the services that are made up which speak Thrift, 0 to 1. */
export function thriftShareOf({ protocol, services }: Pick<Settings, 'protocol' | 'services'>): number {
  const spoken = services.protocol === 'same' ? protocol : services.protocol;
  if (spoken === 'mixed') return services.thriftShare;
  return spoken === 'thrift' ? 1 : 0;
}

/** True where a sidecar is told of services that speak Thrift. */
export function hasThrift(settings: Pick<Settings, 'protocol' | 'services'>): boolean {
  return settings.protocol === 'thrift' || (settings.services.count > 0 && thriftShareOf(settings) > 0);
}

/** The workload that sends the load; undefined where there is not exactly one. */
export function clientOf(workloads: readonly Workload[]): Workload | undefined {
  const clients = workloads.filter((workload) => workload.port === undefined);
  return clients.length === 1 ? clients[0] : undefined;
}

/** The directions in which a workload's traffic passes a sidecar of its own. */
export interface SidecarDirections {
  readonly outbound: boolean;
  readonly inbound: boolean;
}

/** Callers have an outbound sidecar, services an inbound one; who is both has one Envoy for both. */
export function sidecarDirections({ calls, port }: Workload, mesh: MeshSettings): SidecarDirections {
  return {
    outbound: mesh.outbound !== 'none' && calls.length > 0,
    inbound: mesh.inbound !== 'none' && port !== undefined,
  };
}

/** Sidecars of the client besides the one in its own host, by the names of their hosts. */
export function furtherSidecars(client: string, { kind, sidecars }: ControlPlaneSettings): readonly string[] {
  if (kind === 'none') return [];
  return Array.from({ length: sidecars - 1 }, (_, index) => `${client}-${index + 2}`);
}

/** Where a sidecar says that its pod is. */
export interface SidecarPlace {
  readonly namespace: string;
  readonly cluster: string;
}

/** The place of a sidecar by its workload's name: those of the client are spread, all others are where mesh and objects are. */
export function sidecarPlace(
  name: string,
  workloads: readonly Workload[],
  controlPlane: ControlPlaneSettings,
): SidecarPlace {
  const { namespaces, clusters } = controlPlane;
  const index = furtherSidecars(clientOf(workloads)?.name ?? '', controlPlane).indexOf(name) + 1;
  const nth = (first: string, place: number): string => (place === 0 ? first : `${first}-${place + 1}`);
  return {
    namespace: nth(NAMESPACE, index % namespaces),
    cluster: nth(CLUSTER_ID, Math.floor(index / namespaces) % clusters),
  };
}

/** Names that hosts have besides those of the workloads, where a control plane needs them. */
export function furtherHosts(workloads: readonly Workload[], controlPlane: ControlPlaneSettings): readonly string[] {
  const further = furtherSidecars(clientOf(workloads)?.name ?? '', controlPlane);
  return [
    ...further,
    ...(controlPlane.crowd > 0 ? [CROWD] : []),
    ...(controlPlane.unknown === 'central' ? [CENTRAL] : []),
  ];
}

/** The same as `control-plane.process`. */
export function controlPlaneProcesses({ kind, eds }: Pick<ControlPlaneSettings, 'kind' | 'eds'>): readonly string[] {
  return CONTROL_PLANE_PROCESSES[kind === 'xds' && eds === 'own' ? 'split' : kind].map(
    (name) => `${CONTROL_PLANE}.${name}`,
  );
}

/** What runs in a variant, as `workload.component`: the names that events and usage go by. */
export function componentsOf(
  workloads: readonly Workload[],
  mesh: MeshSettings,
  controlPlane?: ControlPlaneSettings,
): readonly string[] {
  const client = clientOf(workloads);
  const server = controlPlane === undefined ? [] : controlPlaneProcesses(controlPlane);
  const ofWorkloads = workloads.flatMap((workload) => {
    const { outbound, inbound } = sidecarDirections(workload, mesh);
    const own = workload.port !== undefined ? 'app' : workload === client ? 'load' : undefined;
    return [
      ...(own === undefined ? [] : [`${workload.name}.${own}`]),
      ...(outbound || inbound ? [`${workload.name}.envoy`] : []),
    ];
  });
  const further = controlPlane === undefined || client === undefined ? [] : furtherSidecars(client.name, controlPlane);
  const central = controlPlane?.unknown === 'central' ? [`${CENTRAL}.envoy`] : [];
  return [...ofWorkloads, ...further.map((name) => `${name}.envoy`), ...central, ...server];
}
