import type { MeshSettings, Scenario, Settings, Workload } from '../scenario/index.ts';
import { BenchError } from '../units/index.ts';
import { COUNTER_PREFIXES, type Route, sidecarBootstrap } from './envoy.ts';
import type { Endpoint, Mesh, MeshHost, Service, Sidecar } from './mesh.ts';

/** The range reserved for benchmarks, RFC 2544: nothing beyond a run's own network answers there. */
const NETWORK = '198.18.0.';
const FIRST_ADDRESS = 10;
const ADMIN_SOCKET = 'admin.sock';

/**
 * The mesh of one variant: a host per workload, sidecars where the variant has them. Pure.
 * @throws BenchError usage when two services that a sidecar must listen for share a port.
 */
export function buildMesh(scenario: Pick<Scenario, 'workloads'>, settings: Settings): Mesh {
  const services = serviceList(scenario.workloads);
  const hosts = scenario.workloads.map((workload, index) => host(workload, index, services, settings));
  const client = scenario.workloads.find((workload) => workload.port === undefined);
  const service = services.find(({ name }) => client?.calls[0] === name);
  const direct = service?.endpoints[0];
  if (client === undefined || service === undefined || direct === undefined) {
    throw new BenchError('internal', 'MESH_WITHOUT_TARGET', 'the scenario has no client that calls a service');
  }
  return {
    hosts,
    services,
    certificates: [],
    target: target(settings.mesh, service, direct),
    authority: `${service.name}:${service.port}`,
    path: describePath(settings.mesh, client.name, service.name),
    missingSignals: missingSignals(settings.mesh),
  };
}

function serviceList(workloads: readonly Workload[]): Service[] {
  return workloads.flatMap(({ name, port }, index) =>
    port === undefined ? [] : [{ name, port, endpoints: [{ address: addressOf(index), port }] }],
  );
}

function addressOf(index: number): string {
  return `${NETWORK}${FIRST_ADDRESS + index}`;
}

function host(workload: Workload, index: number, services: readonly Service[], settings: Settings): MeshHost {
  const folder = `/run/meshbench/${workload.name}`;
  const isClient = workload.port === undefined;
  const called = services.filter(({ name }) => workload.calls.includes(name));
  return {
    name: workload.name,
    address: addressOf(index),
    folder,
    app: workload.port === undefined ? undefined : { port: workload.port, script: settings.app },
    sidecar: isClient ? outboundSidecar(settings.mesh, folder, called) : undefined,
    load: isClient,
    rules: [],
  };
}

function outboundSidecar(mesh: MeshSettings, folder: string, called: readonly Service[]): Sidecar | undefined {
  switch (mesh.outbound) {
    case 'none':
      return undefined;
    case 'listener': {
      refuseSharedPorts(called);
      const routes = called.map((service): Route => ({ service, address: '127.0.0.1', port: service.port }));
      return {
        concurrency: mesh.envoy.concurrency,
        adminSocket: ADMIN_SOCKET,
        counters: COUNTER_PREFIXES,
        bootstrap: sidecarBootstrap('outbound', `${folder}/${ADMIN_SOCKET}`, routes),
      };
    }
  }
}

/** A sidecar that listens on its services' own ports cannot tell two services on one port apart. */
function refuseSharedPorts(services: readonly Service[]): void {
  for (const service of services) {
    const other = services.find(({ name, port }) => port === service.port && name !== service.name);
    if (other !== undefined) {
      throw new BenchError(
        'usage',
        'PORT_TAKEN',
        `services ${service.name} and ${other.name} both have port ${service.port}, and the sidecar listens on the service's own port`,
        { hint: 'give each service a port of its own' },
      );
    }
  }
}

function target(mesh: MeshSettings, service: Service, direct: Endpoint): Endpoint {
  return mesh.outbound === 'listener' ? { address: '127.0.0.1', port: service.port } : direct;
}

function describePath(mesh: MeshSettings, client: string, service: string): string {
  const hop = mesh.outbound === 'none' ? '' : ` → Envoy beside ${client}, listening on the service's port`;
  return `${client}${hop} → ${service}`;
}

function missingSignals(mesh: MeshSettings): string[] {
  const missing = ['no view from the server side: no inbound sidecar'];
  if (mesh.outbound === 'none') missing.unshift('no counters of a proxy: there is none');
  return missing;
}
