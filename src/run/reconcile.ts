import type { OutcomeCounts } from '../load/index.ts';
import type { Mesh } from '../mesh/index.ts';
import { BenchError } from '../units/index.ts';

type Proxies = Readonly<Record<string, { readonly counters: Readonly<Record<string, number>> }>>;

/** Outcomes after which a proxy may have counted a request or not: it went astray. */
const ASTRAY = ['protocol', 'timeout', 'connection'] as const;

/**
 * Holds what Envoy's Thrift proxies counted, from the first connection to the drained last, against what the load saw
 * over the same time. Where no request went astray both must agree to the last one.
 * @throws BenchError component, COUNTERS_DISAGREE, with every counter that does not.
 */
export function reconcile(mesh: Mesh, seen: OutcomeCounts, proxies: Proxies): void {
  const astray = ASTRAY.reduce((sum, outcome) => sum + (seen[outcome] ?? 0), 0);
  const { ok = 0, exception = 0, applicationException = 0 } = seen;
  const wrong = mesh.hosts.flatMap(({ name, sidecar }) =>
    (sidecar?.thriftPrefixes ?? []).flatMap((prefix) => {
      const counted = (stat: string): number => proxies[`${name}.envoy`]?.counters[`${prefix}.${stat}`] ?? 0;
      const oneways = counted('request_oneway');
      const expected: readonly (readonly [string, number, number])[] = [
        ['request_call + request_oneway', counted('request_call') + oneways, ok + exception + applicationException],
        ['response_success', counted('response_success') + oneways, ok],
        ['response_error', counted('response_error'), exception],
        ['response_exception', counted('response_exception'), applicationException],
      ];
      return expected.flatMap(([stat, envoys, ours]) =>
        envoys >= ours && envoys <= ours + astray
          ? []
          : [
              `${name}.envoy counted ${envoys} in ${prefix}.${stat}, the load saw ${ours}${astray > 0 ? ` and ${astray} more that went astray` : ''}`,
            ],
      );
    }),
  );
  if (wrong.length === 0) return;
  throw new BenchError('component', 'COUNTERS_DISAGREE', `Envoy and the load disagree: ${wrong.join('; ')}`, {
    hint: 'requests were lost, doubled or went another way; the configuration is kept beside the report',
  });
}
