import type { Draft } from './draft.ts';
import type { Finding } from './finding.ts';
import type { Workload } from './scenario.ts';
import { closest } from './suggest.ts';

const AT = ['topology', 'workloads'] as const;

/** Who calls whom: one client, and services that exist. */
export function checkTopology({ workloads }: Draft): readonly Finding[] {
  if (workloads === undefined || workloads.size === 0) return [];
  const known = [...workloads.values()].filter((workload) => workload !== undefined);
  const calls = known.flatMap((workload) => checkCalls(workload, workloads));
  return known.length < workloads.size ? calls : [...checkClient(known), ...calls];
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
  if (workload.port !== undefined && workload.calls.length > 0) {
    return [{ path: at, at: 'key', message: 'is for the client only: applications call no other service yet' }];
  }
  const services = [...workloads].filter(([, other]) => other === undefined || other.port !== undefined);
  return workload.calls.flatMap((callee, index): Finding[] => {
    if (services.some(([name]) => name === callee)) return [];
    const names = services.map(([name]) => name);
    const path = [...at, index];
    const suggestion = closest(callee, names);
    return [{ path, at: 'value', message: `names "${callee}", which is no service of this topology`, suggestion }];
  });
}
