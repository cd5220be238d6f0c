import {
  CENTRAL,
  CONTROL_PLANE,
  CONTROL_PLANE_PORT,
  CROWD,
  ENDPOINTS_PORT,
  FIRST_GENERATED_PORT,
  hasThrift,
  type Interception,
  type Settings,
  type SidecarPlace,
  sidecarDirections,
  sidecarPlace,
  thriftShareOf,
  type Workload,
} from '../scenario/index.ts';
import {
  generatedName,
  hostOf,
  type InterceptionMode,
  NAMESPACE,
  type OutboundTrafficPolicy,
  type ServiceEntry,
  serviceEntry,
  sidecarObject,
  virtualServices,
} from '../services/index.ts';
import type { ControlPlaneComponent, CrowdComponent, MeshHost, Service, ThriftManner } from './mesh.ts';

const MODES: Readonly<Record<Interception, InterceptionMode>> = {
  none: 'NONE',
  listener: 'NONE',
  redirect: 'REDIRECT',
  tproxy: 'TPROXY',
};

/** How Istio calls the way of the traffic into the sidecar of a caller. */
export function interceptionMode({ outbound }: { readonly outbound: Interception }): InterceptionMode {
  return MODES[outbound];
}

/** A workload, or another pod of it, with where its listeners are bound where that is not as usual. */
export interface PlacedWorkload {
  readonly workload: Workload;
  readonly address: string;
  readonly bind: string | undefined;
}

/** The control plane of a mesh and what it is told; undefined where there is none. */
export function controlPlaneOf(
  workloads: readonly PlacedWorkload[],
  services: readonly Service[],
  settings: Settings,
  address: string,
): ControlPlaneComponent | undefined {
  const { controlPlane, mesh, services: further } = settings;
  if (controlPlane.kind === 'none') return undefined;
  const withSidecar = workloads.filter(({ workload }) => hasSidecar(workload, mesh));
  const { count, endpoints, ports, rules, lazy, visible, called } = further;
  const some = Array.from({ length: Math.min(visible, count) }, (_, index) => generatedName(index));
  const shown = some.map(({ name, namespace }) => hostOf(name, namespace));
  // Further sidecars have the client's workload under other names: it is the first.
  const client = workloads.find(({ workload }) => workload.port === undefined);
  const port = services.find(({ name }) => name === client?.workload.calls[0])?.port ?? 0;
  const protocol = settings.protocol === 'thrift' ? 'THRIFT' : 'HTTP';
  const placeOf = (name: string): SidecarPlace =>
    sidecarPlace(name, client === undefined ? [] : [client.workload], controlPlane);
  const { policy, hosts: ofPolicy } = unknownPolicy(settings, port);
  const sidecars = withSidecar.flatMap(({ workload: { name, calls }, bind }) => {
    const { namespace } = placeOf(name);
    if (!lazy || name === CENTRAL) return bind === undefined ? [] : [sidecarObject(name, ['*'], { bind, namespace })];
    // Who calls nobody is shown its own service: a Sidecar has hosts.
    const callees = (calls.length === 0 ? [name] : calls).map(ownHost);
    const own = called === 'hidden' ? [hostOf(NEIGHBOUR.name, NEIGHBOUR.namespace)] : callees;
    return [sidecarObject(name, [...own, ...shown, ...ofPolicy], { bind, policy, namespace })];
  });
  // As many services as the client is shown.
  if (lazy && controlPlane.crowd > 0)
    sidecars.push(
      sidecarObject(CROWD, [...(client?.workload.calls ?? []).map(ownHost), ...shown], { namespace: CROWD_NAMESPACE }),
    );
  const central = withSidecar.flatMap(({ workload, address: own }) => (workload.name === CENTRAL ? [own] : []));
  const entries = [
    ...services.map((service) => entryOf(service, protocol)),
    ...(called === 'hidden' ? [neighbour(port)] : []),
    ...(central.length === 0 ? [] : [serviceEntry(CENTRAL, NAMESPACE, { port, addresses: central })]),
  ];
  return {
    kind: controlPlane.kind,
    serviceKind: further.kind,
    endpoint: { address, port: CONTROL_PLANE_PORT },
    ...(controlPlane.eds === 'own' ? { eds: { address, port: ENDPOINTS_PORT } } : {}),
    dialect: controlPlane.protocol,
    generated: {
      count,
      endpoints,
      ports,
      rules,
      firstPort: FIRST_GENERATED_PORT,
      thriftShare: thriftShareOf(settings),
    },
    fetchTimeout: `${controlPlane.fetchTimeout / 1e9}s`,
    onDemand: controlPlane.unknown === 'on-demand',
    ...(hasThrift(settings) ? { thrift: thriftManner(settings) } : {}),
    called: { name: client?.workload.calls[0] ?? '', namespace: NAMESPACE },
    // What is given comes last, and wins.
    objects: [...entries, ...virtualServices(entries, rules), ...sidecars, ...further.objects.list],
    sidecars: withSidecar.map(({ workload: { name }, address: own }) => ({
      app: name,
      ...placeOf(name),
      address: own,
      mode: name === CENTRAL ? 'NONE' : interceptionMode(mesh),
    })),
  };
}

export function hasSidecar(workload: Workload, mesh: Settings['mesh']): boolean {
  const { outbound, inbound } = sidecarDirections(workload, mesh);
  return outbound || inbound;
}

/** Apart from the topology's workloads. */
export const CROWD_NAMESPACE = generatedName(0).namespace;

function ownHost(callee: string): string {
  return hostOf(callee, NAMESPACE);
}

/** Shown in place of a service that is hidden, so that its port has a listener; nobody calls it. */
const NEIGHBOUR = { name: 'neighbour', namespace: 'neighbours' };

function neighbour(port: number): ServiceEntry {
  return serviceEntry(NEIGHBOUR.name, NEIGHBOUR.namespace, { port, addresses: [] });
}

/** What becomes of requests for what a sidecar is not shown, and whom it must be shown for that. */
function unknownPolicy(
  { controlPlane: { unknown } }: Settings,
  port: number,
): { readonly policy: OutboundTrafficPolicy | undefined; readonly hosts: readonly string[] } {
  switch (unknown) {
    case 'passthrough':
    case 'on-demand':
      return { policy: undefined, hosts: [] };
    case 'black-hole':
      return { policy: { mode: 'REGISTRY_ONLY' }, hosts: [] };
    case 'central': {
      const host = hostOf(CENTRAL, NAMESPACE);
      return { policy: { egressProxy: { host, port: { number: port } } }, hosts: [host] };
    }
  }
}

function thriftManner({ thrift, controlPlane }: Settings): ThriftManner {
  const { transport, protocol } = thrift;
  return {
    transport: TRANSPORTS[transport],
    protocol: protocol === 'binary' ? 'BINARY' : 'COMPACT',
    routes: controlPlane.thriftRoutes,
  };
}

const TRANSPORTS = { framed: 'FRAMED', unframed: 'UNFRAMED', header: 'HEADER' } as const;

function entryOf({ name, port, endpoints }: Service, protocol: 'HTTP' | 'THRIFT'): ServiceEntry {
  return serviceEntry(name, NAMESPACE, { port, addresses: endpoints.map(({ address }) => address), protocol });
}

export function controlPlaneHost(component: ControlPlaneComponent, folder: string): MeshHost {
  const { address } = component.endpoint;
  return { ...EMPTY_HOST, name: CONTROL_PLANE, address, folder, role: 'workload', controlPlane: component };
}

/** Its clients stand for sidecars of elsewhere: what they take is no part of the mesh. */
export function crowdHost(crowd: CrowdComponent, folder: string): MeshHost {
  return { ...EMPTY_HOST, name: CROWD, address: crowd.address, folder, role: 'harness', crowd };
}

/** A host without anything in it. */
export const EMPTY_HOST = {
  app: undefined,
  controlPlane: undefined,
  crowd: undefined,
  joins: undefined,
  sidecar: undefined,
  load: false,
  sysctls: {},
  rules: [],
  intercepts: [],
} as const;
