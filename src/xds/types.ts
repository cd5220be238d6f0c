/** The kinds of resources, in the order in which a push sends them: nothing may refer to what is not there yet. */
export const KINDS = ['cluster', 'endpoint', 'listener', 'route', 'thriftRoute'] as const;

export type Kind = (typeof KINDS)[number];

/** Type URLs by kind. */
export const TYPE_URLS: Readonly<Record<Kind, string>> = {
  cluster: 'type.googleapis.com/envoy.config.cluster.v3.Cluster',
  endpoint: 'type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment',
  listener: 'type.googleapis.com/envoy.config.listener.v3.Listener',
  route: 'type.googleapis.com/envoy.config.route.v3.RouteConfiguration',
  thriftRoute: 'type.googleapis.com/envoy.extensions.filters.network.thrift_proxy.v3.RouteConfiguration',
};

/** The kind of a type URL; undefined for what is not served here. */
export function kindOf(typeUrl: string): Kind | undefined {
  return KINDS.find((kind) => TYPE_URLS[kind] === typeUrl);
}

/** Clients that name nothing get all of these; of the others they name what they want. */
export function isWildcard(kind: Kind): boolean {
  return kind === 'cluster' || kind === 'listener';
}
