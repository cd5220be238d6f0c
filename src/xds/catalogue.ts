import {
  type Change,
  clusterName,
  type DestinationRule,
  type HttpRule,
  type IstioObject,
  keyOf,
  listenerAddress,
  type ObjectKey,
  type Service,
  type ServiceEntry,
  type Sidecar,
  servicesOfEntry,
  sidecarFor,
  visibleServices,
  type WorkloadEntry,
  withSubsets,
} from '../services/index.ts';
import type { DialectName } from './dialect.ts';
import type { Json } from './encode.ts';
import type { Node } from './node.ts';
import { EMPTY, type Resource, type ResourceMap, resource, type Snapshot, settle } from './resources.ts';
import { cluster, fixedClusters, loadAssignment } from './shapes/cluster.ts';
import { adsSource, BLACK_HOLE, edsSource, PASSTHROUGH } from './shapes/common.ts';
import { captureListener, type ListenerOptions, portListener } from './shapes/listener.ts';
import { type Routed, type RouteOptions, routeConfiguration } from './shapes/route.ts';
import { type ThriftManner, thriftListener, thriftRoutes } from './shapes/thrift.ts';
import { KINDS } from './types.ts';

/** As Istio's proxies wait. */
const WITHOUT_END = '0s';
/** Where objects hold for all namespaces, as Istio has it by default. */
const ROOT_NAMESPACE = 'istio-system';

const NOTHING: Snapshot = { cluster: EMPTY, endpoint: EMPTY, listener: EMPTY, route: EMPTY, thriftRoute: EMPTY };

/** How a control plane tells of everything. */
export interface Manners {
  /** How long sidecars wait for what a resource refers to, as Envoy writes durations; without end where it is not said. */
  readonly fetchTimeout?: string;
  /** Sidecars have routes to services that they are not shown, and ask for their clusters when a request comes. */
  readonly onDemand?: boolean;
  /** Where there are services that speak it. */
  readonly thrift?: ThriftManner | undefined;
  /** The dialect in which sidecars ask a server of its own for endpoints; absent where this one tells of them. */
  readonly eds?: DialectName | undefined;
  /** Which part of everything this server tells: of two, one tells of endpoints and the other of all else. */
  readonly serves?: Served | undefined;
}

export type Served = 'all' | 'others' | 'endpoints';

/** Resources that were encoded, shared by all states of a mesh. */
class Encoded {
  private readonly endpointSource: Json;
  readonly fixed: readonly Resource[] = fixedClusters().map((json) => resource(String(json['name']), json));
  private readonly subsets = new WeakMap<Service, WeakMap<DestinationRule, readonly Service[]>>();
  private readonly clusters = new WeakMap<Service, Resource>();
  private readonly endpoints = new WeakMap<Service, Resource>();
  private readonly listeners = new Map<string, Resource>();
  private readonly routes = new WeakMap<Service, Map<string, Resource>>();
  private readonly numbers = new WeakMap<object, number>();
  private lastNumber = 0;

  /** True where sidecars ask for clusters that a request needs and they do not have. */
  readonly onDemand: boolean;
  readonly thrift: ThriftManner | undefined;
  readonly serves: Served;

  constructor({ fetchTimeout = WITHOUT_END, onDemand = false, thrift, eds, serves = 'all' }: Manners) {
    this.thrift = thrift;
    this.endpointSource = eds === undefined ? adsSource(fetchTimeout) : edsSource(fetchTimeout, eds);
    this.onDemand = onDemand;
    this.serves = serves;
  }

  /** The service and its subsets, the same as long as the service and its rule are. */
  parts(service: Service, rule: DestinationRule | undefined): readonly Service[] {
    if (rule === undefined) return [service];
    const known = remembered(this.subsets, service, () => new WeakMap<DestinationRule, readonly Service[]>());
    return remembered(known, rule, () => withSubsets(service, rule));
  }

  cluster(service: Service): Resource {
    return remembered(this.clusters, service, () =>
      resource(clusterName(service), cluster(service, this.endpointSource, this.thrift)),
    );
  }

  endpoint(service: Service): Resource {
    return remembered(this.endpoints, service, () => resource(clusterName(service), loadAssignment(service)));
  }

  listener(port: number, { address, bound, unknown }: Omit<ListenerOptions, 'onDemand'>): Resource {
    return remembered(this.listeners, `${address}|${port}|${unknown}`, () => {
      const json = portListener(port, { address, bound, unknown, onDemand: this.onDemand });
      return resource(String(json['name']), json);
    });
  }

  capture(mode: 'REDIRECT' | 'TPROXY', unknown: string): Resource {
    return remembered(this.listeners, `${mode}|${unknown}`, () =>
      resource('virtualOutbound', captureListener(mode, unknown)),
    );
  }

  /** Of a port that speaks Thrift: another where its route is in it and is another. */
  thriftListener(routed: Routed, address: string, bound: boolean, thrift: ThriftManner): Resource {
    const { port, host } = routed.service;
    const route =
      thrift.routes === 'trds' ? '' : `${host}#${routed.rules === undefined ? '' : this.numberOf(routed.rules)}`;
    return remembered(this.listeners, `thrift|${address}|${port}|${route}`, () => {
      const json = thriftListener(routed, address, bound, thrift);
      return resource(String(json['name']), json);
    });
  }

  thriftRoute(routed: Routed): Resource {
    return resource(String(routed.service.port), thriftRoutes(routed));
  }

  /** By the first of its services: with it goes what is known of it. */
  route(port: number, routed: readonly Routed[], { domain, unknown }: RouteOptions): Resource {
    const make = (): Resource => resource(String(port), routeConfiguration(port, routed, { domain, unknown }));
    const [first] = routed;
    if (first === undefined) return make();
    const known = this.routes.get(first.service) ?? new Map<string, Resource>();
    this.routes.set(first.service, known);
    const all = routed.map(
      ({ service, rules }) => `${service.host}${rules === undefined ? '' : `#${this.numberOf(rules)}`}`,
    );
    return remembered(known, `${domain}|${unknown}|${port}|${all.join()}`, make);
  }

  /** Rules of an object that did not change are the same, and have the same number. */
  private numberOf(rules: object): number {
    return remembered(this.numbers, rules, () => {
      this.lastNumber += 1;
      return this.lastNumber;
    });
  }
}

/**
 * All services of the mesh in one state, and for every sidecar the snapshot of those that it may see. Each resource is
 * encoded once, whatever the state; sidecars that see the same share the snapshot, so that memory grows with services plus
 * views, not with their product.
 */
export class Catalogue {
  private readonly objects: ReadonlyMap<ObjectKey, IstioObject>;
  /** Services by their object: those of an object that did not change are the same. */
  private readonly byObject: ReadonlyMap<ObjectKey, readonly Service[]>;
  private readonly workloads: readonly WorkloadEntry[];
  private readonly destinations: ReadonlyMap<string, DestinationRule>;
  private readonly services: readonly Service[];
  private readonly sidecars: readonly Sidecar[];
  private readonly rules: ReadonlyMap<string, readonly HttpRule[]>;
  private readonly snapshots = new Map<string, Snapshot>();
  private readonly encoded: Encoded;
  /** Of the state before: what does not differ is the same map. */
  private readonly earlier: ReadonlyMap<string, Snapshot>;

  /** `before` is the state before, or how this first one is told. */
  constructor(objects: readonly IstioObject[] | ReadonlyMap<ObjectKey, IstioObject>, before: Catalogue | Manners = {}) {
    const from = before instanceof Catalogue ? before : undefined;
    const all = [...objects.values()];
    this.objects = new Map(all.map((object) => [keyOf(object), object]));
    this.workloads = all.filter((object) => object.kind === 'WorkloadEntry');
    this.byObject = new Map(this.serviceEntries.map((entry) => [keyOf(entry), this.servicesOf(entry, from)]));
    this.services = [...this.byObject.values()].flat();
    const rules = all.filter((object) => object.kind === 'DestinationRule');
    this.destinations = new Map(rules.map((rule) => [rule.spec.host, rule]));
    this.sidecars = all.filter((object) => object.kind === 'Sidecar');
    const virtual = all.filter((object) => object.kind === 'VirtualService');
    this.rules = new Map(virtual.flatMap(({ spec }) => spec.hosts.map((host) => [host, spec.http] as const)));
    this.encoded = before instanceof Catalogue ? before.encoded : new Encoded(before);
    this.earlier = new Map([...(from?.earlier ?? []), ...(from?.snapshots ?? [])]);
  }

  private servicesOf(entry: ServiceEntry, from: Catalogue | undefined): readonly Service[] {
    const key = keyOf(entry);
    const same =
      from?.objects.get(key) === entry &&
      (entry.spec.workloadSelector === undefined || areSame(from.workloads, this.workloads));
    return (same ? from.byObject.get(key) : undefined) ?? servicesOfEntry(entry, this.workloads);
  }

  /** The mesh once it has changed. */
  with({ put, remove }: Change): Catalogue {
    const objects = new Map(this.objects);
    for (const key of remove) objects.delete(key);
    for (const object of put) objects.set(keyOf(object), object);
    return new Catalogue(objects, this);
  }

  /** In the order in which they came. */
  get serviceEntries(): readonly ServiceEntry[] {
    return [...this.objects.values()].filter((object) => object.kind === 'ServiceEntry');
  }

  get sidecarObjects(): readonly Sidecar[] {
    return this.sidecars;
  }

  /** Everything that a sidecar is to have in this state. */
  snapshotFor(node: Node): Snapshot {
    const sidecar = sidecarFor(node, this.sidecars, ROOT_NAMESPACE);
    const visible = sidecar === undefined ? '*' : `${sidecar.metadata.namespace}/${sidecar.metadata.name}`;
    const key = [node.mode, node.domain, visible].join('|');
    const known = this.snapshots.get(key);
    if (known !== undefined) return known;
    const snapshot = this.build(node, sidecar, this.earlier.get(key));
    this.snapshots.set(key, snapshot);
    return snapshot;
  }

  private build({ mode, domain }: Node, sidecar: Sidecar | undefined, before: Snapshot | undefined): Snapshot {
    const services = visibleServices(this.services, sidecar);
    const address = sidecar?.spec.egress.find(({ bind }) => bind !== undefined)?.bind ?? listenerAddress(mode);
    const byPort = groupedByPort(services);
    const { encoded } = this;
    // Those of a port that has no listener cannot be asked for.
    const visible = new Set(services);
    const hidden = encoded.onDemand
      ? this.services.filter((service) => !visible.has(service) && byPort.has(service.port))
      : [];
    const unknown = whitherUnknown(sidecar);
    const partsOf = (all: readonly Service[]): readonly Service[] =>
      all.flatMap((service) => encoded.parts(service, this.destinations.get(service.host)));
    const routed = (service: Service): Routed => ({ service, rules: this.rules.get(service.host) });
    const { thrift } = encoded;
    const ofThrift = [...byPort.values()].flatMap(([first]) => (first?.protocol === 'THRIFT' ? [routed(first)] : []));
    const ofHttp = [...byPort].filter(([, [first]]) => first?.protocol !== 'THRIFT');
    const bound = mode === 'NONE';
    const [clusters, further] = [partsOf(services), partsOf(hidden)];
    const endpoint = (): ResourceMap =>
      settle(
        before?.endpoint,
        [...clusters, ...further].map((service) => encoded.endpoint(service)),
      );
    if (encoded.serves === 'endpoints') return { ...NOTHING, endpoint: endpoint() };
    return {
      ...(encoded.onDemand
        ? {
            onDemand: settle(
              before?.onDemand,
              further.map((service) => encoded.cluster(service)),
            ),
          }
        : {}),
      cluster: settle(before?.cluster, [...clusters.map((service) => encoded.cluster(service)), ...encoded.fixed]),
      endpoint: encoded.serves === 'others' ? EMPTY : endpoint(),
      listener: settle(before?.listener, [
        ...ofHttp.map(([port]) => encoded.listener(port, { address, bound, unknown })),
        ...(thrift === undefined ? [] : ofThrift.map((one) => encoded.thriftListener(one, address, bound, thrift))),
        ...(mode === 'NONE' ? [] : [encoded.capture(mode, unknown)]),
      ]),
      route: settle(
        before?.route,
        ofHttp.map(([port, same]) => {
          const all = [...same, ...hidden.filter((service) => service.port === port)];
          return encoded.route(port, all.map(routed), { domain, unknown });
        }),
      ),
      thriftRoute: settle(
        before?.thriftRoute,
        thrift?.routes === 'trds' ? ofThrift.map((one) => encoded.thriftRoute(one)) : [],
      ),
    };
  }
}

function groupedByPort(services: readonly Service[]): ReadonlyMap<number, readonly Service[]> {
  const byPort = new Map<number, Service[]>();
  for (const service of services) {
    const same = byPort.get(service.port);
    if (same === undefined) byPort.set(service.port, [service]);
    else same.push(service);
  }
  return byPort;
}

/** The cluster of requests for hosts that are not shown. */
function whitherUnknown(sidecar: Sidecar | undefined): string {
  const { mode, egressProxy } = sidecar?.spec.outboundTrafficPolicy ?? {};
  if (egressProxy !== undefined) return clusterName({ host: egressProxy.host, port: egressProxy.port.number });
  return mode === 'REGISTRY_ONLY' ? BLACK_HOLE : PASSTHROUGH;
}

function areSame<T>(some: readonly T[], others: readonly T[]): boolean {
  return some.length === others.length && some.every((one, index) => one === others[index]);
}

/** What is known by a key, made where it is not. */
function remembered<K, V>(
  known: { get(key: K): V | undefined; set(key: K, value: V): unknown },
  key: K,
  make: () => V,
): V {
  const value = known.get(key) ?? make();
  known.set(key, value);
  return value;
}

/** Resources in a snapshot, and what they take encoded. */
export function sizeOf(snapshot: Snapshot): { readonly resources: number; readonly bytes: number } {
  const all = KINDS.flatMap((kind) => [...snapshot[kind].values()]);
  return { resources: all.length, bytes: all.reduce((sum, one) => sum + one.resource.value.length, 0) };
}
