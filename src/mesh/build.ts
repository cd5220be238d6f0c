import {
  CENTRAL,
  COLLECTOR,
  CONTROL_PLANE,
  CONTROL_PLANE_PORT,
  CROWD,
  clientOf,
  DEFAULT_SETTINGS,
  ENDPOINTS_PORT,
  furtherSidecars,
  type MeshSettings,
  type Scenario,
  type Settings,
  sidecarDirections,
  sidecarPlace,
  type Workload,
} from '../scenario/index.ts';
import { NAMESPACE } from '../services/index.ts';
import { BenchError } from '../units/index.ts';
import {
  CROWD_NAMESPACE,
  controlPlaneHost,
  controlPlaneOf,
  crowdHost,
  EMPTY_HOST,
  hasSidecar,
  type PlacedWorkload,
} from './control-plane.ts';
import { describePath, missingSignals } from './describe.ts';
import { countersOf, sidecarBootstrap } from './envoy.ts';
import { INBOUND_CLUSTER, serviceCluster } from './envoy-clusters.ts';
import { listenerThriftCounters, requestCounters } from './envoy-dynamic.ts';
import { grpcAnswerCounters } from './envoy-http2.ts';
import { thriftCounters } from './envoy-thrift.ts';
import { interception, needsNetAdmin } from './interception.ts';
import type { AppComponent, Certificate, Endpoint, Mesh, MeshHost, Service, Sidecar } from './mesh.ts';
import { APP_BEHIND_LISTENER, addressOf, ENVOY_UID, OUTBOUND_LISTENER } from './network.ts';
import { passagesOf, visitsFrom } from './passages.ts';
import { identityOf } from './sidecar-plan.ts';

const ADMIN_SOCKET = 'admin.sock';
/** Where OpenTelemetry's collectors take spans over HTTP. */
const COLLECTOR_PORT = 4318;

/** What all hosts of a mesh are made from. */
interface Blueprint {
  readonly workloads: readonly Workload[];
  readonly services: readonly Service[];
  readonly settings: Settings;
  /** How often a request of the load reaches each workload, by name; those that it never reaches are not in it. */
  readonly visits: ReadonlyMap<string, number>;
  /** Where spans go; undefined where nothing is traced. */
  readonly collector: Endpoint | undefined;
}

/** The mesh of one variant: a host per workload, sidecars where the variant has them. Pure. */
export function buildMesh({ workloads }: Pick<Scenario, 'workloads'>, settings: Settings): Mesh {
  const { mesh } = settings;
  const services = serviceList(workloads);
  const collector = traces(workloads, mesh)
    ? { address: addressOf(workloads.length), port: COLLECTOR_PORT }
    : undefined;
  const client = clientOf(workloads);
  const blueprint = { workloads, services, settings, collector, visits: visitsFrom(client, workloads) };
  const service = services.find(({ name }) => client?.calls[0] === name);
  const direct = service?.endpoints[0];
  if (client === undefined || service === undefined || direct === undefined) {
    throw new BenchError('internal', 'MESH_WITHOUT_TARGET', 'the scenario has no client that calls a service');
  }
  const hosts = workloads.map((workload, index) => workloadHost(workload, index, blueprint));
  const further = furtherSidecars(client.name, settings.controlPlane).map((name, index) => {
    const address = furtherAddress(index, workloads);
    return { workload: { ...client, name }, address, bind: address };
  });
  const placed = workloads.map((workload, index) => ({ workload, address: addressOf(index), bind: undefined }));
  const central = centralProxy(client, settings, workloads);
  const controlPlane = controlPlaneOf(
    [...placed, ...further, ...central],
    services,
    settings,
    controlPlaneAddress(workloads),
  );
  return {
    hosts: [
      ...hosts,
      ...further.map((one) => furtherHost(one, client, blueprint)),
      ...central.map((one) => centralHost(one, client, blueprint)),
      ...(collector === undefined ? [] : [collectorHost(collector)]),
      ...(controlPlane === undefined ? [] : [controlPlaneHost(controlPlane, folderOf(CONTROL_PLANE))]),
      ...crowdHosts(settings, workloads),
    ],
    services,
    certificates: workloads.flatMap((workload) => certificateOf(workload, mesh) ?? []),
    target: asCalled(client, service, mesh),
    furtherTargets: further.map(({ address }) => ({ address, port: service.port })),
    authority: loadAuthority(service, settings),
    path: `${describePath(client, service, workloads, mesh)}${configuredBy(settings)}`,
    missingSignals: missingSignals(workloads, mesh),
    notes: [],
  };
}

function configuredBy({ controlPlane }: Settings): string {
  if (controlPlane.kind === 'none') return '';
  const { kind, version, protocol, eds, sidecars, crowd, unknown } = controlPlane;
  const apart = eds === 'own' ? ', endpoints by a server of their own' : '';
  const by = kind === 'istiod' ? ` by istiod ${version}`.trimEnd() : '';
  const spread = sidecars === 1 ? '' : `, one of ${sidecars} such sidecars for each connection`;
  const beside = crowd === 0 ? '' : `, as are ${crowd} light clients`;
  const others = unknown === 'passthrough' ? '' : `; what it is not shown: ${unknown}`;
  return `; configured${by} over xDS (${protocol === 'delta' ? 'delta' : 'state of the world'})${apart}${spread}${beside}${others}`;
}

/** After those of the workloads and of the collector. */
function controlPlaneAddress(workloads: readonly Workload[]): string {
  return addressOf(workloads.length + 1);
}

function furtherAddress(index: number, workloads: readonly Workload[]): string {
  return addressOf(workloads.length + 3 + index);
}

function serviceList(workloads: readonly Workload[]): Service[] {
  return workloads.flatMap(({ name, port }, index) =>
    port === undefined ? [] : [{ name, port, endpoints: [{ address: addressOf(index), port }] }],
  );
}

function traces(workloads: readonly Workload[], mesh: MeshSettings): boolean {
  return mesh.telemetry.tracing > 0 && workloads.some((workload) => hasSidecar(workload, mesh));
}

function folderOf(host: string): string {
  return `/run/meshbench/${host}`;
}

function authorityOf({ name, port }: Service): string {
  return `${name}:${port}`;
}

/** What the load asks for: by the namespace too where a sidecar is of another, which does not know the short name. */
function loadAuthority(service: Service, { controlPlane }: Settings): string {
  return controlPlane.namespaces === 1 ? authorityOf(service) : `${service.name}.${NAMESPACE}:${service.port}`;
}

/** Where a workload sends what is for a service: to its own sidecar where that listens, else to the service. */
function asCalled(caller: Workload, service: Service, mesh: MeshSettings): Endpoint {
  const ownListener = mesh.outbound === 'listener' && sidecarDirections(caller, mesh).outbound;
  const [endpoint] = service.endpoints;
  if (ownListener || endpoint === undefined) return { address: OUTBOUND_LISTENER, port: service.port };
  return endpoint;
}

function workloadHost(workload: Workload, index: number, blueprint: Blueprint): MeshHost {
  const { workloads, settings } = blueprint;
  const { name, port } = workload;
  const address = addressOf(index);
  const called = calledBy(workload, blueprint.services);
  const rules = interception({
    address,
    index,
    of: workloads.length,
    port,
    servicePorts: blueprint.services.map((service) => service.port),
    calledPorts: called.map((service) => service.port),
    directions: sidecarDirections(workload, settings.mesh),
    mesh: settings.mesh,
  });
  return {
    name,
    address,
    folder: folderOf(name),
    role: 'workload',
    app: appOf(workload, address, called, settings),
    controlPlane: undefined,
    crowd: undefined,
    joins: undefined,
    sidecar: hasSidecar(workload, settings.mesh) ? sidecarOf(workload, address, called, blueprint) : undefined,
    load: port === undefined,
    ...rules,
    intercepts: blueprint.visits.has(name) ? rules.intercepts : [],
  };
}

/** Another pod of the client, in so far as its sidecar goes: it is in the client's network, where the load reaches it. */
function furtherHost({ workload, address, bind }: PlacedWorkload, client: Workload, blueprint: Blueprint): MeshHost {
  const { name } = workload;
  const called = calledBy(workload, blueprint.services);
  return {
    ...EMPTY_HOST,
    name,
    address,
    folder: folderOf(name),
    role: 'workload',
    joins: client.name,
    sidecar: sidecarOf(workload, address, called, { ...blueprint, visits: new Map([[name, 1]]) }, bind),
  };
}

/** A proxy that knows all services and takes what sidecars do not know; none where they do otherwise. */
function centralProxy(client: Workload, { controlPlane }: Settings, workloads: readonly Workload[]): PlacedWorkload[] {
  if (controlPlane.kind === 'none' || controlPlane.unknown !== 'central') return [];
  const address = furtherAddress(controlPlane.sidecars - 1, workloads);
  return [{ workload: { ...client, name: CENTRAL }, address, bind: address }];
}

/** It is asked by its address, and passes on what comes by the host that it is for. */
function centralHost(placed: PlacedWorkload, client: Workload, blueprint: Blueprint): MeshHost {
  const { settings } = blueprint;
  const mesh: MeshSettings = { ...settings.mesh, outbound: 'listener', exempt: 'mark' };
  const host = furtherHost(placed, client, { ...blueprint, settings: { ...settings, mesh } });
  // A part of the requests passes it, and nobody knows which.
  const sidecar = host.sidecar === undefined ? undefined : { ...host.sidecar, passes: [] };
  return { ...host, joins: undefined, sidecar };
}

function crowdHosts({ controlPlane }: Settings, workloads: readonly Workload[]): readonly MeshHost[] {
  const { kind, crowd: members, protocol } = controlPlane;
  if (kind === 'none' || members === 0) return [];
  const server = { address: controlPlaneAddress(workloads), port: CONTROL_PLANE_PORT };
  const address = addressOf(workloads.length + 2);
  const of = { app: CROWD, namespace: CROWD_NAMESPACE };
  return [crowdHost({ server, address, members, protocol, ...of }, folderOf(CROWD))];
}

function calledBy({ calls }: Workload, services: readonly Service[]): Service[] {
  return calls.flatMap((callee) => services.find(({ name }) => name === callee) ?? []);
}

function appOf(
  workload: Workload,
  address: string,
  called: readonly Service[],
  { protocol, mesh, app, load, thrift }: Settings,
): AppComponent | undefined {
  if (workload.port === undefined) return undefined;
  return {
    port: workload.port,
    address: mesh.inbound === 'listener' ? APP_BEHIND_LISTENER : address,
    script: app,
    protocol,
    thrift: protocol === 'thrift' ? thrift : undefined,
    calls: called.map((service) => ({
      endpoint: asCalled(workload, service, mesh),
      authority: authorityOf(service),
      timeout: load.timeout,
    })),
  };
}

function sidecarOf(
  workload: Workload,
  address: string,
  called: readonly Service[],
  blueprint: Blueprint,
  bind?: string,
): Sidecar {
  const { protocol, mesh, thrift, controlPlane } = blueprint.settings;
  const { outbound, inbound } = sidecarDirections(workload, mesh);
  const access =
    controlPlane.kind === 'none'
      ? undefined
      : {
          address: controlPlaneAddress(blueprint.workloads),
          port: CONTROL_PLANE_PORT,
          protocol: controlPlane.protocol,
          edsPort: controlPlane.eds === 'own' ? ENDPOINTS_PORT : undefined,
        };
  const spread = controlPlane.sidecars > 1 && workload.port === undefined;
  const passages = passagesOf(workload, blueprint.settings, blueprint.visits.get(workload.name) ?? 0);
  const folder = folderOf(workload.name);
  const app = appOf(workload, address, called, blueprint.settings);
  const own = inbound ? app : undefined;
  return {
    concurrency: mesh.envoy.concurrency,
    cpuLimit: mesh.envoy.cpuLimit,
    uid: mesh.exempt === 'uid' ? ENVOY_UID : undefined,
    netAdmin: needsNetAdmin({ outbound, inbound }, mesh),
    adminSocket: ADMIN_SOCKET,
    dynamic: access !== undefined,
    counters: countersOf({ mesh, outbound: called, inbound: own, controlPlane: access, bind }),
    passes: passages.flatMap(({ direction, passage }) => {
      if (access !== undefined) {
        const ports = direction === 'inbound' ? [own?.port ?? 0] : [...new Set(called.map(({ port }) => port))];
        const counters = ports.flatMap((port) => requestCounters(port, { protocol, direction, mesh, bind }));
        return [{ ...passage, counters, ...(spread ? { among: 'its sidecars' } : {}) }];
      }
      const upstream = { ...passage, counters: grpcAnswerCounters(behind(direction, called)) };
      return protocol === 'grpc' ? [passage, upstream] : [passage];
    }),
    thriftCounters:
      protocol === 'thrift'
        ? passages.flatMap(({ direction }) =>
            access === undefined
              ? thriftCounters(direction, behind(direction, called))
              : called.map(({ port }) => listenerThriftCounters(port, { mesh, bind })),
          )
        : [],
    scrape: mesh.telemetry.scrape,
    bootstrap: sidecarBootstrap({
      name: workload.name,
      place: sidecarPlace(workload.name, blueprint.workloads, controlPlane),
      address,
      folder,
      adminSocket: `${folder}/${ADMIN_SOCKET}`,
      mesh,
      protocol,
      thrift: protocol === 'thrift' ? thrift : undefined,
      outbound: outbound ? called : [],
      inbound: own,
      certificate: certificateOf(workload, mesh),
      controlPlane: access,
      bind,
      collector: blueprint.collector,
    }),
  };
}

/** The cluster that a direction's requests go to. */
function behind(direction: 'inbound' | 'outbound', called: readonly Service[]): string {
  const [service] = called;
  return direction === 'inbound' || service === undefined ? INBOUND_CLUSTER : serviceCluster(service);
}

function certificateOf({ name }: Workload, mesh: MeshSettings): Certificate | undefined {
  if (mesh.tls === 'none') return undefined;
  const folder = folderOf(name);
  return {
    host: name,
    identity: identityOf(name),
    certificatePath: `${folder}/certificate.pem`,
    keyPath: `${folder}/key.pem`,
    authorityPath: `${folder}/authority.pem`,
  };
}

/** Takes spans and answers: what sidecars tell must arrive somewhere, and that is no part of the mesh. */
function collectorHost({ address, port }: Endpoint): MeshHost {
  return {
    ...EMPTY_HOST,
    name: COLLECTOR,
    address,
    folder: folderOf(COLLECTOR),
    role: 'harness',
    app: { port, address, script: DEFAULT_SETTINGS.app, protocol: 'http', thrift: undefined, calls: [] },
  };
}
