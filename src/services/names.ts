import type { Service } from './service.ts';

/** How traffic reaches a sidecar, as its node's metadata say: `NONE` has listeners on the services' own ports. */
export type InterceptionMode = 'REDIRECT' | 'TPROXY' | 'NONE';

/** The cluster of a server of endpoints alone, as sidecars' own configuration and what they are told name it. */
export const EDS_CLUSTER = 'eds-grpc';

/** The full name of a service within the mesh, as Kubernetes gives it. */
export function hostOf(name: string, namespace: string): string {
  return `${name}.${namespace}.svc.cluster.local`;
}

/** How the sidecar beside a workload introduces itself. */
export function nodeId(workload: string, namespace: string, address: string): string {
  return `sidecar~${address}~${workload}.${namespace}~${namespace}.svc.cluster.local`;
}

/** The name of a service's cluster and of its endpoints, as istiod gives it: direction, port, subset, host. */
export function clusterName({ host, port, subset = '' }: Pick<Service, 'host' | 'port' | 'subset'>): string {
  return `${clusterPrefix(port)}${subset}|${host}`;
}

/** What the names of the clusters of a port begin with. */
export function clusterPrefix(port: number): string {
  return `outbound|${port}|`;
}

/** Where the listener of a port listens unless a Sidecar object binds it elsewhere. */
export function listenerAddress(mode: InterceptionMode): string {
  return mode === 'NONE' ? '127.0.0.1' : '0.0.0.0';
}

/** The prefix of the counters of the listener of a port at an address. The semicolon ends what Istio's tags take from it. */
export function statPrefix(port: number, address: string): string {
  return `outbound_${address}_${port};`;
}

/** The same of the way through istiod's one inbound listener to the application at a port. */
export function inboundStatPrefix(port: number): string {
  return `inbound_${listenerAddress('REDIRECT')}_${port};`;
}

/** The name of the cluster of the application at a port, as istiod gives it. */
export function inboundCluster(port: number): string {
  return `inbound|${port}||`;
}
