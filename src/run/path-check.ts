import type { OverallCounts } from '../load/index.ts';
import type { Mesh } from '../mesh/index.ts';
import { BenchError } from '../units/index.ts';
import type { CountedRule } from './packet-rules.ts';

type Proxies = Readonly<Record<string, { readonly counters: Readonly<Record<string, number>> }>>;
type Packets = Readonly<Record<string, readonly CountedRule[]>>;

/**
 * Holds a trial against the path that its mesh promises: every sidecar on the way counted every answered request, and
 * every rule that leads into one matched packets. Requests are those of the whole trial, warm-up included, as counters
 * have them: else those of the warm-up would stand for others that went past. Where none was answered, one must have
 * passed each place. What went another way must not be measured under this name.
 * @throws BenchError component, PATH_NOT_TAKEN, with all that is missing.
 */
export function checkPath(mesh: Mesh, requests: OverallCounts, proxies: Proxies, packets: Packets): void {
  if (requests.sent === 0) return;
  const missing = mesh.hosts.flatMap((host) => [
    ...(host.sidecar?.passes ?? []).flatMap(({ counters, times }) => {
      const read = proxies[`${host.name}.envoy`]?.counters ?? {};
      const counted = counters.reduce((sum, counter) => sum + (read[counter] ?? 0), 0);
      return counted >= Math.max(1, times * (requests.ok ?? 0))
        ? []
        : [`${host.name}.envoy counted ${counted} in ${counters.join(' + ')}, of ${expected(requests, times)}`];
    }),
    ...host.intercepts.flatMap(({ table, jump }) => {
      const matched = (packets[host.name] ?? [])
        .filter((rule) => rule.table === table && rule.rule.includes(jump))
        .reduce((sum, rule) => sum + rule.packets, 0);
      return matched > 0 ? [] : [`no packet of ${host.name} matched \`${jump}\` in ${table}`];
    }),
  ]);
  if (missing.length === 0) return;
  throw new BenchError(
    'component',
    'PATH_NOT_TAKEN',
    `requests did not go the way of "${mesh.path}": ${missing.join('; ')}`,
    {
      hint: 'configuration and rules are kept beside the report; `meshbench doctor` says what this kernel can',
    },
  );
}

function expected({ sent, ok = 0 }: OverallCounts, times: number): string {
  if (ok === 0) return `${sent} sent and none answered`;
  return times === 1 ? `${ok} answered` : `${ok} answered with ${times} calls each`;
}
