import { createRandom, type Random } from '../units/index.ts';
import { hostOf } from './names.ts';
import type {
  IstioObject,
  OutboundTrafficPolicy,
  ServiceEntry,
  ServicePort,
  Sidecar,
  VirtualService,
} from './objects.ts';

/** Services to make up. The same specification gives the same objects. */
export interface GeneratedServices {
  readonly count: number;
  /** Addresses that serve each. Nothing listens there. */
  readonly endpoints: number;
  /** `own`: each service has a port of its own, from {@link firstPort} on; `shared`: all have port 80. */
  readonly ports: 'own' | 'shared';
  readonly firstPort: number;
  /** Rules of a VirtualService for each; 0 has none. */
  readonly rules: number;
  /** The share of them that speak Thrift, 0 to 1; the seed says which. All others speak HTTP. */
  readonly thriftShare?: number;
  readonly seed: number;
}

export const NAMESPACE = 'default';
/** What Istio calls a cluster of Kubernetes that was given no name. */
export const CLUSTER_ID = 'Kubernetes';
/** Where all listen that have no port of their own. */
export const SHARED_PORT = 80;
/** Services per namespace: what one team has. */
const PER_NAMESPACE = 100;

/** Name and namespace of a service that is made up, by its place. */
export function generatedName(index: number): { readonly name: string; readonly namespace: string } {
  return { name: `svc-${index}`, namespace: `team-${Math.floor(index / PER_NAMESPACE)}` };
}

/** {@link generateServices} and a VirtualService for each, where they have rules. */
export function generateObjects(spec: GeneratedServices): readonly IstioObject[] {
  const entries = generateServices(spec);
  return [...entries, ...virtualServices(entries, spec.rules)];
}

/**
 * A VirtualService for each: all of its rules lead to the service itself, each but the last by a prefix that no request
 * has, so that Envoy tries every one. None where there are no rules.
 */
export function virtualServices(entries: readonly ServiceEntry[], rules: number): readonly VirtualService[] {
  if (rules === 0) return [];
  return entries.map(({ metadata, spec: { hosts } }) => {
    const host = hosts[0] ?? '';
    const route = [{ destination: { host } }] as const;
    const prefixes = Array.from({ length: rules - 1 }, (_, index) => `/rule-${index}/`);
    const matching = prefixes.map((prefix) => ({ match: [{ uri: { prefix } }], route }));
    return { kind: 'VirtualService', metadata, spec: { hosts, http: [...matching, { name: 'default', route }] } };
  });
}

/** ServiceEntries in namespaces of a hundred, with addresses of 198.19.0.0/16, which nobody has. */
export function generateServices(spec: GeneratedServices): readonly ServiceEntry[] {
  const random = createRandom(spec.seed);
  const thrift = ofThrift(spec);
  return Array.from({ length: spec.count }, (_, index) => {
    const { name, namespace } = generatedName(index);
    return serviceEntry(name, namespace, {
      port: spec.ports === 'own' ? spec.firstPort + index : SHARED_PORT,
      addresses: Array.from({ length: spec.endpoints }, () => anAddress(random)),
      protocol: thrift.has(index) ? 'THRIFT' : 'HTTP',
    });
  });
}

/** Exactly the share of them, drawn apart from their addresses, which are the same whatever they speak. */
function ofThrift({ count, thriftShare = 0, seed }: GeneratedServices): ReadonlySet<number> {
  const random = createRandom(~seed);
  const drawn = Array.from({ length: count }, (_, index) => ({ index, lot: random() }));
  const chosen = drawn.toSorted((one, other) => one.lot - other.lot).slice(0, Math.round(count * thriftShare));
  return new Set(chosen.map(({ index }) => index));
}

/** A ServiceEntry of a service of the mesh, of HTTP unless it is said otherwise, with addresses that serve it. */
export function serviceEntry(
  name: string,
  namespace: string,
  {
    port,
    addresses,
    protocol = 'HTTP',
  }: {
    readonly port: number;
    readonly addresses: readonly string[];
    readonly protocol?: ServicePort['protocol'] | undefined;
  },
): ServiceEntry {
  return {
    kind: 'ServiceEntry',
    metadata: { name, namespace },
    spec: {
      hosts: [hostOf(name, namespace)],
      ports: [{ number: port, name: protocol.toLowerCase(), protocol }],
      location: 'MESH_INTERNAL',
      resolution: 'STATIC',
      endpoints: addresses.map((address) => ({ address })),
    },
  };
}

function anAddress(random: Random): string {
  const host = 1 + Math.floor(random() * 65_534);
  return `198.19.${host >> 8}.${host & 255}`;
}

/** Where a Sidecar is and binds, and what becomes of requests for what it does not show. */
export interface SidecarPlacement {
  readonly bind?: string | undefined;
  readonly policy?: OutboundTrafficPolicy | undefined;
  readonly namespace?: string;
}

/**
 * The Sidecar that shows a workload these hosts and nothing else: lazy loading in Istio's terms; `*` is every host. With
 * `bind` its listeners are at that address. A policy says what becomes of requests for others.
 */
export function sidecarObject(
  workload: string,
  hosts: readonly string[],
  { bind, policy, namespace = NAMESPACE }: SidecarPlacement = {},
): Sidecar {
  const egress = { hosts: hosts.map((host) => `*/${host}`), ...(bind === undefined ? {} : { bind }) };
  return {
    kind: 'Sidecar',
    metadata: { name: workload, namespace },
    spec: {
      workloadSelector: { labels: { app: workload } },
      egress: [egress],
      ...(policy === undefined ? {} : { outboundTrafficPolicy: policy }),
    },
  };
}
