import {
  clusterName,
  type InterceptionMode,
  type IstioObject,
  type Service,
  type Sidecar,
  servicesOf,
  sidecarFor,
  visibleServices,
} from '../services/index.ts';
import type { Node } from './node.ts';
import { type Resource, type ResourceMap, resource, type Snapshot, settle } from './resources.ts';
import { cluster, fixedClusters, loadAssignment } from './shapes/cluster.ts';
import { captureListener, portListener } from './shapes/listener.ts';
import { routeConfiguration } from './shapes/route.ts';

/** Where objects hold for all namespaces, as Istio has it by default. */
const ROOT_NAMESPACE = 'istio-system';

/**
 * All services of the mesh, and for every sidecar the snapshot of those that it may see. Each resource is encoded once;
 * sidecars that see the same share the snapshot, so that memory grows with services plus views, not with their product.
 */
export class Catalogue {
  private services: readonly Service[];
  private readonly sidecars: readonly Sidecar[];
  private readonly snapshots = new Map<string, Snapshot>();
  /** Views whose snapshot is from before the last change. */
  private readonly stale = new Set<string>();
  private readonly clusters = new WeakMap<Service, Resource>();
  private readonly endpoints = new WeakMap<Service, Resource>();
  private readonly others = new Map<string, Resource>();
  private readonly fixed: readonly Resource[] = fixedClusters().map((json) => resource(String(json['name']), json));

  constructor(objects: readonly IstioObject[]) {
    this.sidecars = objects.filter((object) => object.kind === 'Sidecar');
    this.services = servicesOf(objects);
  }

  /** Everything that a sidecar is to have by now. */
  snapshotFor(node: Node): Snapshot {
    const sidecar = sidecarFor(node, this.sidecars, ROOT_NAMESPACE);
    const visible = sidecar === undefined ? '*' : `${sidecar.metadata.namespace}/${sidecar.metadata.name}`;
    const key = [node.mode, node.domain, visible].join('|');
    const known = this.snapshots.get(key);
    if (known !== undefined && !this.stale.has(key)) return known;
    const snapshot = this.build(node, visibleServices(this.services, sidecar), known);
    this.snapshots.set(key, snapshot);
    this.stale.delete(key);
    return snapshot;
  }

  /**
   * Gives a service other endpoints.
   * @throws RangeError where there is no such service.
   */
  setEndpoints(host: string, endpoints: Service['endpoints']): void {
    if (!this.services.some((service) => service.host === host)) throw new RangeError(`there is no service ${host}`);
    this.services = this.services.map((service) => (service.host === host ? { ...service, endpoints } : service));
    for (const key of this.snapshots.keys()) this.stale.add(key);
  }

  /** The endpoints of a service; empty where there is none of the name. */
  endpointsOf(host: string): Service['endpoints'] {
    return this.services.find((service) => service.host === host)?.endpoints ?? [];
  }

  private build({ mode, domain }: Node, services: readonly Service[], before: Snapshot | undefined): Snapshot {
    const byPort = new Map<number, Service[]>();
    for (const service of services) {
      const same = byPort.get(service.port);
      if (same === undefined) byPort.set(service.port, [service]);
      else same.push(service);
    }
    const ports = [...byPort.keys()];
    const capture = mode === 'NONE' ? [] : [this.capture(mode)];
    return {
      cluster: settle(before?.cluster, [...services.map((service) => this.cluster(service)), ...this.fixed]),
      endpoint: settle(
        before?.endpoint,
        services.map((service) => this.endpoint(service)),
      ),
      listener: settle(before?.listener, [...ports.map((port) => this.listener(port, mode)), ...capture]),
      route: settle(
        before?.route,
        [...byPort].map(([port, same]) => this.route(port, same, domain)),
      ),
    };
  }

  private cluster(service: Service): Resource {
    const known = this.clusters.get(service) ?? resource(clusterName(service), cluster(service));
    this.clusters.set(service, known);
    return known;
  }

  private endpoint(service: Service): Resource {
    const known = this.endpoints.get(service) ?? resource(clusterName(service), loadAssignment(service));
    this.endpoints.set(service, known);
    return known;
  }

  private listener(port: number, mode: InterceptionMode): Resource {
    return this.remembered(`${mode}|${port}`, () => {
      const json = portListener(port, mode);
      return resource(String(json['name']), json);
    });
  }

  private capture(mode: InterceptionMode): Resource {
    return this.remembered(mode, () => resource('virtualOutbound', captureListener(mode)));
  }

  private route(port: number, services: readonly Service[], domain: string): Resource {
    const hosts = services.map(({ host }) => host).join();
    return this.remembered(`${domain}|${port}|${hosts}`, () =>
      resource(String(port), routeConfiguration(port, services, domain)),
    );
  }

  private remembered(key: string, make: () => Resource): Resource {
    const known = this.others.get(key) ?? make();
    this.others.set(key, known);
    return known;
  }
}

/** Resources in a snapshot, and what they take encoded. */
export function sizeOf(snapshot: Snapshot): { readonly resources: number; readonly bytes: number } {
  const all = Object.values(snapshot).flatMap((map: ResourceMap) => [...map.values()]);
  return { resources: all.length, bytes: all.reduce((sum, one) => sum + one.resource.value.length, 0) };
}
