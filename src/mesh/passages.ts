import { type ProtocolName, type Settings, sidecarDirections, type Workload } from '../scenario/index.ts';
import { unfinishedCalls } from './envoy-thrift.ts';
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

/** Counters of Envoy whose sum is the requests that came in by a direction. */
const REQUESTS: Readonly<Record<ProtocolName, (direction: 'outbound' | 'inbound') => readonly string[]>> = {
  http: (direction) => [`http.${direction}.downstream_rq_total`],
  http2: (direction) => [`http.${direction}.downstream_rq_http2_total`],
  grpc: (direction) => [`http.${direction}.downstream_rq_http2_total`],
  thrift: (direction) => [
    `thrift.${direction}.request_call`,
    `thrift.${direction}.request_oneway`,
    unfinishedCalls(direction),
  ],
};

/** What a sidecar of ours counts of the load's requests: those that its workload gets, and the calls that it makes. */
export function passagesOf(
  workload: Workload,
  { protocol, mesh }: Settings,
  visits: number,
): readonly { readonly direction: 'outbound' | 'inbound'; readonly passage: Passage }[] {
  const { outbound, inbound } = sidecarDirections(workload, mesh);
  const calls = workload.port === undefined ? 1 : workload.calls.length;
  const ways = [
    ...(outbound ? [{ direction: 'outbound', times: visits * calls } as const] : []),
    ...(inbound ? [{ direction: 'inbound', times: visits } as const] : []),
  ];
  return ways
    .filter(({ times }) => times > 0)
    .map(({ direction, times }) => ({ direction, passage: { counters: REQUESTS[protocol](direction), times } }));
}
