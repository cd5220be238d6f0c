import type { OverallCounts } from '../load/index.ts';
import type { Mesh, Passage } from '../mesh/index.ts';
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
    ...(host.sidecar?.passes ?? []).flatMap((passage) => {
      const counted = countedAt(host.name, passage, proxies);
      const together = passage.among === undefined ? counted : countedAmong(passage.among, mesh, proxies);
      if (counted > 0 && together >= passage.times * (requests.ok ?? 0)) return [];
      const of = `of ${expected(requests, passage.times)}${passage.among === undefined ? '' : ` by all ${passage.among}`}`;
      return [`${host.name}.envoy counted ${counted} in ${passage.counters.join(' + ')}, ${of}`];
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

function countedAt(host: string, { counters }: Passage, proxies: Proxies): number {
  const read = proxies[`${host}.envoy`]?.counters ?? {};
  return counters.reduce((sum, counter) => sum + (read[counter] ?? 0), 0);
}

/** Where requests are spread over sidecars, they are held against all that pass any of them. */
function countedAmong(among: string, { hosts }: Mesh, proxies: Proxies): number {
  const places = hosts.flatMap(({ name, sidecar }) =>
    (sidecar?.passes ?? []).filter((one) => one.among === among).map((passage) => ({ name, passage })),
  );
  return places.reduce((sum, { name, passage }) => sum + countedAt(name, passage, proxies), 0);
}

function expected({ sent, ok = 0 }: OverallCounts, times: number): string {
  if (ok === 0) return `${sent} sent and none answered`;
  return times === 1 ? `${ok} answered` : `${ok} answered with ${times} calls each`;
}
