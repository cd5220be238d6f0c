import { type MeshSettings, sidecarDirections, type Workload } from '../scenario/index.ts';
import type { Passage } from './mesh.ts';

/**
 * How often one request of the load reaches each workload, by name: the client once, which calls its first service, and
 * every other as often as all that call it. Workloads that it never reaches are not in it.
 */
export function visitsFrom(client: Workload | undefined, workloads: readonly Workload[]): ReadonlyMap<string, number> {
  const visits = new Map<string, number>();
  if (client === undefined) return visits;
  visits.set(client.name, 1);
  const count = (callee: string): number => {
    const known = visits.get(callee);
    if (known !== undefined) return known;
    const counted = workloads.reduce((sum, { name, calls }) => {
      const times = (name === client.name ? calls.slice(0, 1) : calls).filter((called) => called === callee).length;
      return times === 0 ? sum : sum + times * count(name);
    }, 0);
    visits.set(callee, counted);
    return counted;
  };
  for (const { name } of workloads) count(name);
  return new Map([...visits].filter(([, times]) => times > 0));
}

/** What a sidecar of ours counts of the load's requests: those that its workload gets, and the calls that it makes. */
export function passagesOf(workload: Workload, mesh: MeshSettings, visits: number): readonly Passage[] {
  const { outbound, inbound } = sidecarDirections(workload, mesh);
  const calls = workload.port === undefined ? 1 : workload.calls.length;
  const passages = [
    ...(outbound ? [{ counters: ['http.outbound.downstream_rq_total'], times: visits * calls }] : []),
    ...(inbound ? [{ counters: ['http.inbound.downstream_rq_total'], times: visits }] : []),
  ];
  return passages.filter(({ times }) => times > 0);
}
