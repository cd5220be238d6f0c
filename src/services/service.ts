import type {
  IstioObject,
  Labels,
  ServiceEntry,
  ServicePort,
  TrafficPolicy,
  WorkloadAddress,
  WorkloadEntry,
} from './objects.ts';

/** One port of one host, or of a subset of it, as proxies are told of it. */
export interface Service {
  readonly host: string;
  readonly namespace: string;
  readonly port: number;
  readonly protocol: ServicePort['protocol'];
  /** Of a DestinationRule; absent for the host as a whole. */
  readonly subset?: string;
  readonly policy?: TrafficPolicy;
  readonly endpoints: readonly ServiceEndpoint[];
}

export interface ServiceEndpoint {
  readonly address: string;
  readonly port: number;
  readonly labels?: Labels;
  readonly weight?: number;
}

/** All services of the objects: each port of each host, in the order of the objects. */
export function servicesOf(objects: readonly IstioObject[]): readonly Service[] {
  const workloads = objects.filter((object) => object.kind === 'WorkloadEntry');
  return objects.flatMap((object) => (object.kind === 'ServiceEntry' ? servicesOfEntry(object, workloads) : []));
}

/** Those of one ServiceEntry. It finds its addresses among the workloads where it selects them. */
export function servicesOfEntry(entry: ServiceEntry, workloads: readonly WorkloadEntry[]): readonly Service[] {
  const { hosts, ports } = entry.spec;
  const addresses = addressesOf(entry, workloads);
  return hosts.flatMap((host) =>
    ports.map((port) => ({
      host,
      namespace: entry.metadata.namespace,
      port: port.number,
      protocol: port.protocol,
      endpoints: addresses.map((one) => endpointAt(one, port)),
    })),
  );
}

function addressesOf(
  { metadata, spec: { endpoints, workloadSelector } }: ServiceEntry,
  workloads: readonly WorkloadEntry[],
): readonly WorkloadAddress[] {
  if (workloadSelector === undefined) return endpoints;
  return workloads
    .filter((one) => one.metadata.namespace === metadata.namespace && has(one.spec.labels, workloadSelector.labels))
    .map(({ spec }) => spec);
}

function endpointAt(
  { address, ports, labels, weight }: WorkloadAddress,
  { name, number }: ServicePort,
): ServiceEndpoint {
  const own = ports?.[name] ?? number;
  // There are tens of thousands, mostly without either.
  if (labels === undefined && weight === undefined) return { address, port: own };
  return {
    address,
    port: own,
    ...(labels === undefined ? {} : { labels }),
    ...(weight === undefined ? {} : { weight }),
  };
}

/** True where an object with these labels has all that are asked for. */
export function has(labels: Labels | undefined, wanted: Labels): boolean {
  return Object.entries(wanted).every(([name, value]) => labels?.[name] === value);
}
