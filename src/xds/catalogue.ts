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
import type { Json } from './encode.ts';
import type { Node } from './node.ts';
import { type Resource, type ResourceMap, resource, type Snapshot, settle } from './resources.ts';
import { cluster, fixedClusters, loadAssignment } from './shapes/cluster.ts';
import { adsSource } from './shapes/common.ts';
import { captureListener, portListener } from './shapes/listener.ts';
import { type Routed, routeConfiguration } from './shapes/route.ts';

/** As Istio's proxies wait. */
const WITHOUT_END = '0s';
/** Where objects hold for all namespaces, as Istio has it by default. */
const ROOT_NAMESPACE = 'istio-system';

/** Resources that were encoded, shared by all states of a mesh. */
class Encoded {
  private readonly ads: Json;
  readonly fixed: readonly Resource[] = fixedClusters().map((json) => resource(String(json['name']), json));
  private readonly subsets = new WeakMap<Service, WeakMap<DestinationRule, readonly Service[]>>();
  private readonly clusters = new WeakMap<Service, Resource>();
  private readonly endpoints = new WeakMap<Service, Resource>();
  private readonly listeners = new Map<string, Resource>();
  private readonly routes = new WeakMap<Service, Map<string, Resource>>();
  private readonly numbers = new WeakMap<object, number>();
  private lastNumber = 0;

  constructor(fetchTimeout: string) {
    this.ads = adsSource(fetchTimeout);
  }

  /** The service and its subsets, the same as long as the service and its rule are. */
  parts(service: Service, rule: DestinationRule | undefined): readonly Service[] {
    if (rule === undefined) return [service];
    const known = remembered(this.subsets, service, () => new WeakMap<DestinationRule, readonly Service[]>());
    return remembered(known, rule, () => withSubsets(service, rule));
  }

  cluster(service: Service): Resource {
    return remembered(this.clusters, service, () => resource(clusterName(service), cluster(service, this.ads)));
  }

  endpoint(service: Service): Resource {
    return remembered(this.endpoints, service, () => resource(clusterName(service), loadAssignment(service)));
  }

  listener(port: number, address: string, bound: boolean): Resource {
    return remembered(this.listeners, `${address}|${port}`, () => {
      const json = portListener(port, address, bound);
      return resource(String(json['name']), json);
    });
  }

  capture(mode: 'REDIRECT' | 'TPROXY'): Resource {
    return remembered(this.listeners, mode, () => resource('virtualOutbound', captureListener(mode)));
  }

  /** By the first of its services: with it goes what is known of it. */
  route(port: number, routed: readonly Routed[], domain: string): Resource {
    const make = (): Resource => resource(String(port), routeConfiguration(port, routed, domain));
    const [first] = routed;
    if (first === undefined) return make();
    const known = this.routes.get(first.service) ?? new Map<string, Resource>();
    this.routes.set(first.service, known);
    const all = routed.map(
      ({ service, rules }) => `${service.host}${rules === undefined ? '' : `#${this.numberOf(rules)}`}`,
    );
    return remembered(known, `${domain}|${port}|${all.join()}`, make);
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

  /** `before` is the state before, or how long sidecars wait for what a resource refers to: without end where nothing is said. */
  constructor(
    objects: readonly IstioObject[] | ReadonlyMap<ObjectKey, IstioObject>,
    before: Catalogue | string = WITHOUT_END,
  ) {
    const from = typeof before === 'string' ? undefined : before;
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
    this.encoded = typeof before === 'string' ? new Encoded(before) : before.encoded;
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
    const byPort = new Map<number, Service[]>();
    for (const service of services) {
      const same = byPort.get(service.port);
      if (same === undefined) byPort.set(service.port, [service]);
      else same.push(service);
    }
    const { encoded } = this;
    const routed = (service: Service): Routed => ({ service, rules: this.rules.get(service.host) });
    const clusters = services.flatMap((service) => encoded.parts(service, this.destinations.get(service.host)));
    return {
      cluster: settle(before?.cluster, [...clusters.map((service) => encoded.cluster(service)), ...encoded.fixed]),
      endpoint: settle(
        before?.endpoint,
        clusters.map((service) => encoded.endpoint(service)),
      ),
      listener: settle(before?.listener, [
        ...[...byPort.keys()].map((port) => encoded.listener(port, address, mode === 'NONE')),
        ...(mode === 'NONE' ? [] : [encoded.capture(mode)]),
      ]),
      route: settle(
        before?.route,
        [...byPort].map(([port, same]) => encoded.route(port, same.map(routed), domain)),
      ),
    };
  }
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
  const all = Object.values(snapshot).flatMap((map: ResourceMap) => [...map.values()]);
  return { resources: all.length, bytes: all.reduce((sum, one) => sum + one.resource.value.length, 0) };
}
