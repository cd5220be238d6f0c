import type { DestinationRule, TrafficPolicy } from './objects.ts';
import { has, type Service } from './service.ts';

/**
 * What a DestinationRule makes of a service: the service with its policy, and one for each subset, with the addresses that
 * have its labels. The service alone, and the same, where there is no rule.
 */
export function withSubsets(service: Service, rule: DestinationRule | undefined): readonly Service[] {
  if (rule === undefined) return [service];
  const { trafficPolicy: policy, subsets = [] } = rule.spec;
  return [
    policy === undefined ? service : { ...service, policy },
    ...subsets.map(({ name, labels, trafficPolicy }) => ({
      ...service,
      subset: name,
      policy: { ...policy, ...trafficPolicy } satisfies TrafficPolicy,
      endpoints: service.endpoints.filter((endpoint) => has(endpoint.labels, labels)),
    })),
  ];
}
