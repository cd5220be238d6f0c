import { hostOf } from './names.ts';
import type { IstioObject, Metadata, ServiceEntry, Sidecar, VirtualService } from './objects.ts';

/** What an object is found by. */
export type ObjectKey = `${IstioObject['kind']}/${string}/${string}`;

export function keyOf({
  kind,
  metadata,
}: {
  readonly kind: IstioObject['kind'];
  readonly metadata: Metadata;
}): ObjectKey {
  return `${kind}/${metadata.namespace}/${metadata.name}`;
}

/** What differs between two states of a mesh: objects that are new or others than before, and those that go. */
export interface Change {
  readonly put: readonly IstioObject[];
  readonly remove: readonly ObjectKey[];
}

/** A mesh changes in one of these ways. */
export type ChangeName = 'endpoint' | 'service' | 'route' | 'bad-route' | 'move' | 'reveal';

/** Where a change looks for what it changes. */
export interface ChangeContext {
  /** The services that were made up, as they are now. */
  readonly generated: readonly ServiceEntry[];
  /** All others: those of the topology. */
  readonly entries: readonly ServiceEntry[];
  /** The service that the load calls. */
  readonly called: Metadata;
  /** Sidecar objects; only some changes are of these. */
  readonly sidecars?: readonly Sidecar[];
  /** How many changes of the name there were before: each is another. */
  readonly times: number;
}

/**
 * - `endpoint`: the first address of a made-up service becomes another, the next service at each time
 * - `service`: a made-up service goes, and one of another name comes to its port and addresses
 * - `route`: requests for the called service get a time-out of 15 s, or at every second time lose it
 * - `bad-route`: they are led to a host that there is not, as by a slip of the pen
 * - `move`: they are led to a service of another name, which comes with them and has the same addresses and port
 * - `reveal`: Sidecar objects that do not show the called service do from now on
 * @throws RangeError where a made-up service is changed and there is none.
 */
export function changeOf(
  name: ChangeName,
  { generated, entries, called, sidecars = [], times }: ChangeContext,
): Change {
  switch (name) {
    case 'endpoint':
      return { put: [withAddress(chosen(generated, times), newAddress(times))], remove: [] };
    case 'service': {
      const entry = chosen(generated, times);
      return { put: [renamed(entry, times)], remove: [keyOf(entry)] };
    }
    case 'route':
      return { put: [routeTo(called, called, times % 2 === 0 ? '15s' : undefined)], remove: [] };
    case 'bad-route':
      return { put: [routeTo(called, { ...called, name: `${called.name}-typo` }, undefined)], remove: [] };
    case 'move': {
      const entry = entries.find(({ metadata }) => metadata.name === called.name);
      if (entry === undefined) throw new RangeError(`there is no service ${called.name}`);
      const next = renamed(entry, times);
      return { put: [next, routeTo(called, next.metadata, undefined)], remove: [] };
    }
    case 'reveal':
      return { put: sidecars.map((sidecar) => showing(sidecar, hostOf(called.name, called.namespace))), remove: [] };
  }
}

/** The same where it shows the host already, by its name or by a pattern of all. */
function showing(sidecar: Sidecar, host: string): Sidecar {
  const [first, ...others] = sidecar.spec.egress;
  if (first === undefined || first.hosts.some((shown) => shown === '*/*' || shown === `*/${host}`)) return sidecar;
  const egress = [{ ...first, hosts: [...first.hosts, `*/${host}`] }, ...others];
  return { ...sidecar, spec: { ...sidecar.spec, egress } };
}

function chosen(generated: readonly ServiceEntry[], times: number): ServiceEntry {
  const entry = generated[times % generated.length];
  if (entry === undefined) throw new RangeError('no service was made up that could change');
  return entry;
}

/** Of 198.19.0.0/16, as those of all services that are made up. */
function newAddress(times: number): string {
  return `198.19.${200 + (Math.floor(times / 250) % 50)}.${1 + (times % 250)}`;
}

function withAddress(entry: ServiceEntry, address: string): ServiceEntry {
  const [, ...others] = entry.spec.endpoints;
  return { ...entry, spec: { ...entry.spec, endpoints: [{ address }, ...others] } };
}

function renamed(entry: ServiceEntry, times: number): ServiceEntry {
  const name = `${entry.metadata.name.replace(/-again-\d+$/u, '')}-again-${times}`;
  const { namespace } = entry.metadata;
  return { ...entry, metadata: { name, namespace }, spec: { ...entry.spec, hosts: [hostOf(name, namespace)] } };
}

function routeTo(of: Metadata, to: Metadata, timeout: string | undefined): VirtualService {
  const route = [{ destination: { host: hostOf(to.name, to.namespace) } }] as const;
  return {
    kind: 'VirtualService',
    metadata: of,
    spec: {
      hosts: [hostOf(of.name, of.namespace)],
      http: [{ name: 'default', route, ...(timeout === undefined ? {} : { timeout }) }],
    },
  };
}
