import { type Interception, type MeshSettings, sidecarDirections, type Workload } from '../scenario/index.ts';
import type { Service } from './mesh.ts';

/**
 * One sentence: what a request passes on its way from the client to the first service, and what each hop is; `replayed`
 * says what the client's sidecar has in place of ours.
 */
export function describePath(
  client: Workload,
  service: Service,
  workloads: readonly Workload[],
  mesh: MeshSettings,
  replayed?: string,
): string {
  const callee = workloads.find(({ name }) => name === service.name);
  const hops = [
    ...(sidecarDirections(client, mesh).outbound
      ? [
          `Envoy beside ${client.name} (${[outboundWords(mesh), ...(replayed === undefined ? [] : [replayed])].join(', ')})`,
        ]
      : []),
    ...(callee !== undefined && sidecarDirections(callee, mesh).inbound
      ? [`Envoy beside ${service.name} (${inboundWords(mesh)})`]
      : []),
  ];
  const between = mesh.tls === 'mutual' ? ' → mTLS → ' : ' → ';
  const sidecars = hops.length === 0 ? [] : [hops.join(between)];
  const way = [client.name, ...sidecars, service.name].join(' → ');
  return `${way}${further(callee)}${telling(mesh, hops.length > 0)}`;
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

function further(callee: Workload | undefined): string {
  const calls = callee?.calls ?? [];
  if (calls.length === 0) return '';
  return `, which calls ${calls.length === 1 ? calls[0] : `${calls.length} services at once`}`;
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
