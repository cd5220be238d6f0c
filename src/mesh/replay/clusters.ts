import { isIP } from 'node:net';
import { markOption, socketAddress } from '../envoy-socket.ts';
import type { Endpoint } from '../mesh.ts';
import { ENVOY_MARK } from '../network.ts';
import type { Json } from '../sidecar-plan.ts';
import { at, object, objects, text, without } from './json.ts';
import type { Notes } from './notes.ts';

/** Fields of a cluster that say where its endpoints are, how they are chosen by what they say of themselves, and TLS. */
const WHEREABOUTS = [
  'type',
  'cluster_type',
  'eds_cluster_config',
  'load_assignment',
  'dns_lookup_family',
  'original_dst_lb_config',
  'lb_subset_config',
  'transport_socket',
  'transport_socket_matches',
  'http2_protocol_options',
  'health_checks',
];

/** Extensions of a cluster that resolve names. */
const NAME_RESOLVERS: ReadonlySet<string> = new Set([
  'envoy.cluster.dns',
  'envoy.clusters.dns',
  'envoy.cluster.strict_dns',
  'envoy.cluster.logical_dns',
]);

const HTTP_OPTIONS = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';

/** A cluster that the load's request can reach: it leads to the scenario's service, in plaintext HTTP/1.1. */
export function towards(cluster: Json, service: Endpoint, notes: Notes): Json {
  const name = nameOf(cluster);
  for (const field of ['lb_subset_config', 'transport_socket', 'transport_socket_matches', 'health_checks']) {
    if (cluster[field] !== undefined) notes.add('left out of the clusters on the way', field);
  }
  const provided = cluster['lb_policy'] === 'CLUSTER_PROVIDED' ? ['lb_policy', 'load_balancing_policy'] : [];
  const kept = without(cluster, ...WHEREABOUTS, ...provided);
  return {
    ...kept,
    ...plainHttp(kept, notes),
    type: 'STATIC',
    load_assignment: {
      cluster_name: name,
      endpoints: [{ lb_endpoints: [{ endpoint: { address: socketAddress(service) } }] }],
    },
  };
}

/** The application speaks HTTP/1.1 only. */
function plainHttp(cluster: Json, notes: Notes): Json {
  const all = object(cluster['typed_extension_protocol_options']);
  const options = object(all?.[HTTP_OPTIONS]);
  if (options === undefined || options['use_downstream_protocol_config'] !== undefined) return {};
  const http1 = at(options, 'explicit_http_config', 'http_protocol_options');
  if (http1 !== undefined) return {};
  notes.add('clusters on the way speak HTTP/1.1, as the application does', text(cluster['name']) ?? '');
  const own = { ...without(options, 'auto_config'), explicit_http_config: { http_protocol_options: {} } };
  return { typed_extension_protocol_options: { ...all, [HTTP_OPTIONS]: own } };
}

/** A cluster beside the way: as it is, less what only a control plane or a name server could tell. */
export function aside(cluster: Json, endpoints: ReadonlyMap<string, Json>, notes: Notes): Json {
  const name = nameOf(cluster);
  if (cluster['type'] === 'EDS') return withEndpoints(cluster, name, endpoints, notes);
  if (!resolvesNames(cluster)) return cluster;
  const known = addressesOnly(object(cluster['load_assignment']) ?? {});
  notes.add('clusters keep only endpoints with an address, since no name is resolved here', name);
  return {
    ...without(cluster, 'cluster_type', 'dns_lookup_family'),
    type: 'STATIC',
    load_assignment: { ...known, cluster_name: name },
  };
}

function nameOf(cluster: Json): string {
  return text(cluster['name']) ?? 'without a name';
}

function withEndpoints(cluster: Json, name: string, endpoints: ReadonlyMap<string, Json>, notes: Notes): Json {
  const asked = text(at(cluster, 'eds_cluster_config', 'service_name')) ?? name;
  const known = endpoints.get(asked);
  notes.add(
    known === undefined
      ? 'clusters without an endpoint, since the file has none for them'
      : 'clusters with the endpoints of the file',
    name,
  );
  return {
    ...without(cluster, 'eds_cluster_config'),
    type: 'STATIC',
    load_assignment: { ...addressesOnly(known ?? {}), cluster_name: name },
  };
}

function resolvesNames(cluster: Json): boolean {
  const type = text(cluster['type']);
  const extension = text(at(cluster, 'cluster_type', 'name'));
  return type === 'STRICT_DNS' || type === 'LOGICAL_DNS' || (extension !== undefined && NAME_RESOLVERS.has(extension));
}

/** Endpoints that need no resolving; and no weight of 0, which Envoy prints for none and does not read. */
function addressesOnly(assignment: Json): Json {
  const localities = objects(assignment['endpoints']).map((locality) => ({
    ...withoutZeroWeight(without(locality, 'leds_cluster_locality_config')),
    lb_endpoints: objects(locality['lb_endpoints']).filter(hasAddress).map(withoutZeroWeight),
  }));
  return { ...assignment, endpoints: localities };
}

function withoutZeroWeight(json: Json): Json {
  return json['load_balancing_weight'] === 0 ? without(json, 'load_balancing_weight') : json;
}

function hasAddress(endpoint: Json): boolean {
  const address = at(endpoint, 'endpoint', 'address');
  const socket = at(address, 'socket_address', 'address');
  return typeof socket === 'string' ? isIP(socket) !== 0 : object(address) !== undefined;
}

/** Binding of upstream connections by which packet rules tell them, on top of what is there. */
export function marked(binding: unknown): Json {
  const own = object(binding) ?? {};
  return {
    source_address: { address: '0.0.0.0', port_value: 0 },
    ...own,
    socket_options: [...objects(own['socket_options']), markOption(ENVOY_MARK)],
  };
}
