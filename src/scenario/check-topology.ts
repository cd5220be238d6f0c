import { COLLECTOR, CONTROL_PLANE, SIDECAR_PORTS } from './components.ts';
import type { Draft } from './draft.ts';
import type { Finding } from './finding.ts';
import type { Workload } from './scenario.ts';
import { closest } from './suggest.ts';

const AT = ['topology', 'workloads'] as const;

/** Who calls whom: one client, and services that exist. */
export function checkTopology({ workloads }: Draft): readonly Finding[] {
  if (workloads === undefined || workloads.size === 0) return [];
  const known = [...workloads.values()].filter((workload) => workload !== undefined);
  const calls = known.flatMap((workload) => [
    ...checkName(workload),
    ...checkPort(workload),
    ...checkCalls(workload, workloads),
  ]);
  return known.length < workloads.size ? calls : [...checkClient(known), ...calls];
}

/** Where spans go is a host of every mesh that traces; the control plane is one of every mesh that has one. */
function checkName({ name }: Workload): readonly Finding[] {
  const taken = { [COLLECTOR]: 'the host that takes spans', [CONTROL_PLANE]: 'the host of the control plane' }[name];
  if (taken === undefined) return [];
  return [{ path: [...AT, name], at: 'key', message: `is the name of ${taken}; choose another` }];
}

/** A sidecar could not have its own port beside it, or not tell what goes to it from what is led to itself. */
function checkPort({ name, port }: Workload): readonly Finding[] {
  if (port === undefined || !Object.values<number>(SIDECAR_PORTS).includes(port)) return [];
  return [{ path: [...AT, name, 'port'], at: 'value', message: 'is a port of sidecars; choose another' }];
}

function checkClient(workloads: readonly Workload[]): readonly Finding[] {
  const clients = workloads.filter((workload) => workload.port === undefined);
  const [client, second] = clients;
  if (client === undefined) {
    const message = 'must have a client that sends the load: a workload without a port, with the service that it calls';
    return [{ path: AT, at: 'key', message }];
  }
  if (second !== undefined) {
    const message = `has no port and is thus a second client beside "${client.name}"; give it a port, or leave one out`;
    return [{ path: [...AT, second.name], at: 'key', message }];
  }
  if (client.calls.length > 0) return [];
  const message = 'is the client and must name the service that it calls, like calls: [server]';
  return [{ path: [...AT, client.name], at: 'key', message }];
}

function checkCalls(workload: Workload, workloads: ReadonlyMap<string, Workload | undefined>): readonly Finding[] {
  const at = [...AT, workload.name, 'calls'];
  const services = [...workloads].filter(([, other]) => other === undefined || other.port !== undefined);
  const unknown = workload.calls.flatMap((callee, index): Finding[] => {
    if (services.some(([name]) => name === callee)) return [];
    const names = services.map(([name]) => name);
    const path = [...at, index];
    const suggestion = closest(callee, names);
    return [{ path, at: 'value', message: `names "${callee}", which is no service of this topology`, suggestion }];
  });
  const circle = unknown.length === 0 ? findCircle(workload, workloads) : undefined;
  if (circle === undefined) return unknown;
  return [{ path: at, at: 'key', message: `goes round in a circle: ${circle.join(' → ')}` }];
}

/** The way from a workload back to itself by calls; each service on the way is entered once. */
function findCircle(
  from: Workload,
  workloads: ReadonlyMap<string, Workload | undefined>,
): readonly string[] | undefined {
  const entered = new Set<string>();
  const search = (way: readonly string[], calls: readonly string[]): readonly string[] | undefined => {
    for (const callee of calls) {
      if (callee === from.name) return [...way, callee];
      if (entered.has(callee)) continue;
      entered.add(callee);
      const found = search([...way, callee], workloads.get(callee)?.calls ?? []);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return search([from.name], from.calls);
}
