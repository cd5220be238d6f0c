import type { MeshSettings, Workload } from './scenario.ts';

/** The workload that sends the load; undefined where there is not exactly one. */
export function clientOf(workloads: readonly Workload[]): Workload | undefined {
  const clients = workloads.filter((workload) => workload.port === undefined);
  return clients.length === 1 ? clients[0] : undefined;
}

/** What runs in a variant, as `workload.component`: the names that events and usage go by. */
export function componentsOf(workloads: readonly Workload[], mesh: MeshSettings): readonly string[] {
  const client = clientOf(workloads)?.name;
  const apps = workloads.filter((workload) => workload.port !== undefined).map((workload) => `${workload.name}.app`);
  if (client === undefined) return apps;
  const sidecar = mesh.outbound === 'none' ? [] : [`${client}.envoy`];
  return [`${client}.load`, ...sidecar, ...apps];
}
