import type { OutcomeCounts } from '../load/index.ts';
import type { Mesh, ThriftCounters } from '../mesh/index.ts';
import { BenchError } from '../units/index.ts';

type Proxies = Readonly<Record<string, { readonly counters: Readonly<Record<string, number>> }>>;

/** Outcomes after which a proxy may have counted a request or not: it went astray. */
const ASTRAY = ['protocol', 'timeout', 'connection'] as const;

/**
 * Holds what Envoy's Thrift proxies and their clusters counted, from the first connection to the drained last, against
 * what the load saw over the same time. Where no request went astray, and no proxy made an exception of its own, all
 * must agree to the last one; what a proxy itself answered went no further, and may not be among its calls.
 * @throws BenchError component, COUNTERS_DISAGREE, with every counter that does not.
 */
export function reconcile(mesh: Mesh, seen: OutcomeCounts, proxies: Proxies): void {
  const astray = ASTRAY.reduce((sum, outcome) => sum + (seen[outcome] ?? 0), 0);
  let answeredBefore = 0;
  const wrong = placesOf(mesh).flatMap(({ host, counters }) => {
    const read = proxies[`${host}.envoy`]?.counters ?? {};
    const counted = (names: readonly (string | undefined)[]): number =>
      names.reduce((sum, name) => sum + (name === undefined ? 0 : (read[name] ?? 0)), 0);
    const expected = expectedOf(counters, seen, answeredBefore, counted([counters.unfinished]));
    answeredBefore += counted([counters.own]);
    return expected.flatMap(({ names, ours, fewer }) => {
      const envoys = counted(names);
      if (envoys >= ours - fewer && envoys <= ours + astray) return [];
      const more = astray > 0 ? ` and ${astray} more that went astray` : '';
      return [`${host}.envoy counted ${envoys} in ${names.join(' + ')}, the load saw ${ours}${more}`];
    });
  });
  if (wrong.length === 0) return;
  throw new BenchError('component', 'COUNTERS_DISAGREE', `Envoy and the load disagree: ${wrong.join('; ')}`, {
    hint: 'requests were lost, doubled or went another way; the configuration is kept beside the report',
  });
}

/** What counts, in the order in which calls pass it. */
function placesOf(mesh: Mesh): readonly { readonly host: string; readonly counters: ThriftCounters }[] {
  const places = mesh.hosts.flatMap(({ name, sidecar }) =>
    (sidecar?.thriftCounters ?? []).map((counters) => ({ host: name, counters })),
  );
  return ['outbound', 'inbound'].flatMap((way) => places.filter(({ counters }) => counters.direction === way));
}

/** Counters whose sum must be what the load saw, but for `fewer`: a oneway is a success that nothing answers. */
function expectedOf(
  { calls, oneways, successes, errors, exceptions }: ThriftCounters,
  { ok = 0, exception = 0, applicationException = 0 }: OutcomeCounts,
  answeredBefore: number,
  unfinished: number,
): readonly { readonly names: readonly string[]; readonly ours: number; readonly fewer: number }[] {
  return [
    { names: [calls, oneways], ours: ok + exception + applicationException, fewer: answeredBefore + unfinished },
    { names: [successes, oneways], ours: ok, fewer: 0 },
    { names: [errors], ours: exception, fewer: 0 },
    { names: [exceptions], ours: applicationException, fewer: answeredBefore },
  ];
}
