import {
  type Interception,
  type MeshSettings,
  type SidecarDirections,
  sidecarDirections,
  type Workload,
} from '../scenario/index.ts';
import type { Service } from './mesh.ts';

/**
 * One sentence: what a request passes on its way from the client, and what each hop is. A single hop has its sidecars in
 * their places; those of a chain are the same at every hop and are told once. `replayed` says what the
 * client's sidecar has in place of ours.
 */
export function describePath(
  client: Workload,
  service: Service,
  workloads: readonly Workload[],
  mesh: MeshSettings,
  replayed?: string,
): string {
  const callee = workloads.find(({ name }) => name === service.name);
  const directions = {
    outbound: sidecarDirections(client, mesh).outbound,
    inbound: callee !== undefined && sidecarDirections(callee, mesh).inbound,
  };
  const told = telling(mesh, directions.outbound || directions.inbound);
  if (callee === undefined || callee.calls.length === 0) {
    return `${[client.name, ...sidecars(client.name, service.name, directions, mesh, replayed), service.name].join(' → ')}${told}`;
  }
  const [every] = sidecars('its caller', 'its service', directions, mesh, replayed);
  return `${[client.name, ...chain(callee, workloads)].join(' → ')}${every === undefined ? '' : `; each hop through ${every}`}${told}`;
}

/** The sidecars of a hop, as one word of the way; none where there are none. */
function sidecars(
  caller: string,
  callee: string,
  directions: SidecarDirections,
  mesh: MeshSettings,
  replayed: string | undefined,
): string[] {
  const outbound = [outboundWords(mesh), ...(replayed === undefined ? [] : [replayed])].join(', ');
  const hops = [
    ...(directions.outbound ? [`Envoy beside ${caller} (${outbound})`] : []),
    ...(directions.inbound ? [`Envoy beside ${callee} (${inboundWords(mesh)})`] : []),
  ];
  return hops.length === 0 ? [] : [hops.join(mesh.tls === 'mutual' ? ' → mTLS → ' : ' → ')];
}

/** A service and those that are called in turn, up to the first that calls several: those are one word. */
function chain(service: Workload, workloads: readonly Workload[]): string[] {
  const callees = service.calls.flatMap((name) => workloads.find((workload) => workload.name === name) ?? []);
  const [only] = callees;
  if (only === undefined) return [service.name];
  if (callees.length === 1) return [service.name, ...chain(only, workloads)];
  const further = callees.some(({ calls }) => calls.length > 0) ? ', which call others' : '';
  return [service.name, `${callees.length} services at once${further}`];
}

function outboundWords(mesh: MeshSettings): string {
  return mesh.outbound === 'listener' ? "listens on the service's port" : led(mesh.outbound, mesh.conntrack);
}

function inboundWords(mesh: MeshSettings): string {
  if (mesh.inbound === 'listener') return "listens on the service's port";
  return `${led(mesh.inbound, mesh.conntrack)}${mesh.originalSource ? ', original source' : ''}`;
}

function led(interception: Interception, conntrack: boolean): string {
  if (interception === 'redirect') return 'REDIRECT';
  return conntrack ? 'TPROXY' : 'TPROXY without conntrack';
}

function telling({ telemetry }: MeshSettings, sidecars: boolean): string {
  if (!sidecars) return '';
  const told = [
    ...(telemetry.accessLog ? ['access log'] : []),
    ...(telemetry.tracing > 0 ? [`${Number((telemetry.tracing * 100).toFixed(3))} % traced`] : []),
    ...(telemetry.scrape > 0 ? ['stats scraped'] : []),
    ...(telemetry.stats === 'all' ? ['all stats'] : []),
  ];
  return told.length === 0 ? '' : `; ${told.join(', ')}`;
}

/** What cannot be seen in such a mesh, each with its reason. */
export function missingSignals(workloads: readonly Workload[], mesh: MeshSettings): string[] {
  const directions = workloads.map((workload) => sidecarDirections(workload, mesh));
  const outbound = directions.some((one) => one.outbound);
  const inbound = directions.some((one) => one.inbound);
  return [
    ...(outbound || inbound ? [] : ['no counters of a proxy: there is none']),
    ...(outbound ? [] : ["no view from the caller's side: no outbound sidecar"]),
    ...(inbound ? [] : ['no view from the server side: no inbound sidecar']),
  ];
}
