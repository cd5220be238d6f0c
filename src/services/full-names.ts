import { hostOf } from './names.ts';
import type { HttpRule, IstioObject } from './objects.ts';

/** The object with full names in place of short ones, which are of the object's own namespace, as Istio reads them. */
export function withFullNames(object: IstioObject): IstioObject {
  const { namespace } = object.metadata;
  const full = (host: string): string => (host.includes('.') ? host : hostOf(host, namespace));
  switch (object.kind) {
    case 'ServiceEntry':
      return { ...object, spec: { ...object.spec, hosts: object.spec.hosts.map(full) } };
    case 'DestinationRule':
      return { ...object, spec: { ...object.spec, host: full(object.spec.host) } };
    case 'VirtualService':
      return {
        ...object,
        spec: {
          hosts: object.spec.hosts.map(full),
          http: object.spec.http.map((rule) => withDestinations(rule, full)),
        },
      };
    case 'Sidecar':
    case 'WorkloadEntry':
      return object;
  }
}

function withDestinations(rule: HttpRule, full: (host: string) => string): HttpRule {
  const [first, ...others] = rule.route;
  const named = (one: typeof first): typeof first => ({
    ...one,
    destination: { ...one.destination, host: full(one.destination.host) },
  });
  return { ...rule, route: [named(first), ...others.map(named)] };
}
