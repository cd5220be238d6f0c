import type { IstioObject } from './objects.ts';

/** One port of one host, as proxies are told of it. */
export interface Service {
  readonly host: string;
  readonly namespace: string;
  readonly port: number;
  readonly endpoints: readonly ServiceEndpoint[];
}

export interface ServiceEndpoint {
  readonly address: string;
  readonly port: number;
}

/** All services of the objects: each port of each host, in the order of the objects. */
export function servicesOf(objects: readonly IstioObject[]): readonly Service[] {
  return objects.flatMap((object) => {
    if (object.kind !== 'ServiceEntry') return [];
    const { hosts, ports, endpoints } = object.spec;
    return hosts.flatMap((host) =>
      ports.map(({ number, name }) => ({
        host,
        namespace: object.metadata.namespace,
        port: number,
        endpoints: endpoints.map(({ address, ports: own }) => ({ address, port: own?.[name] ?? number })),
      })),
    );
  });
}
