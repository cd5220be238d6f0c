import type { ServiceEntry } from '../services/index.ts';
import type { GivenObject } from './given.ts';

/** Ways in which Kubernetes and Istio are told of a service and its addresses. */
export type ServiceKind = 'service-entry' | 'workload-entries' | 'kubernetes';

/** A service that is made up, as objects of such a kind: the same host, port and addresses in each. */
export function objectsOf(entry: ServiceEntry, kind: ServiceKind): readonly GivenObject[] {
  switch (kind) {
    case 'service-entry':
      return [asGiven(entry)];
    case 'workload-entries':
      return [withSelector(entry), ...workloadEntries(entry)];
    case 'kubernetes':
      return [kubernetesService(entry), endpointSlice(entry)];
  }
}

/** An object of Istio's network as the API server takes it. */
export function asGiven({
  kind,
  metadata,
  spec,
}: Pick<ServiceEntry, 'metadata'> & { kind: string; spec: unknown }): GivenObject {
  return { apiVersion: 'networking.istio.io/v1', kind, metadata: { ...metadata }, spec };
}

function withSelector({ kind, metadata, spec: { endpoints: _inline, ...spec } }: ServiceEntry): GivenObject {
  return asGiven({ kind, metadata, spec: { ...spec, workloadSelector: { labels: { app: metadata.name } } } });
}

function workloadEntries({ metadata: { name, namespace }, spec }: ServiceEntry): readonly GivenObject[] {
  return spec.endpoints.map((endpoint, index) =>
    asGiven({
      kind: 'WorkloadEntry',
      metadata: { name: `${name}-${index}`, namespace },
      spec: { ...endpoint, labels: { app: name } },
    }),
  );
}

/** Without a selector, since there are no pods: its addresses are in its slice. */
function kubernetesService({ metadata, spec }: ServiceEntry): GivenObject {
  const ports = spec.ports.map(({ name, number }) => ({ name, port: number, protocol: 'TCP', targetPort: number }));
  return { apiVersion: 'v1', kind: 'Service', metadata: { ...metadata }, spec: { ports } };
}

function endpointSlice({ metadata: { name, namespace }, spec }: ServiceEntry): GivenObject {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name, namespace, labels: { 'kubernetes.io/service-name': name } },
    ...{
      addressType: 'IPv4',
      endpoints: spec.endpoints.map(({ address }) => ({ addresses: [address], conditions: { ready: true } })),
      ports: spec.ports.map(({ name: port, number }) => ({ name: port, port: number, protocol: 'TCP' })),
    },
  };
}
