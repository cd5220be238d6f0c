import { messageType } from './definitions.ts';
import type { NodeMessage } from './node.ts';
import { EMPTY, type Resource, type ResourceMap } from './resources.ts';
import { type Kind, TYPE_URLS } from './types.ts';

/** How a stream speaks: each answer holds all of a kind (state of the world), or what differs (delta). */
export type DialectName = 'sotw' | 'delta';

/** A request of either dialect. */
export interface DiscoveryRequest {
  readonly node: NodeMessage | undefined;
  readonly typeUrl: string;
  /** Of the answer that it acknowledges or refuses; empty for none. */
  readonly nonce: string;
  /** Why the answer is refused, in the client's words. */
  readonly error: string | undefined;
  /** State of the world: all that is wanted by now. Delta: what is wanted from now on. */
  readonly names: readonly string[];
  /** Delta: what is no longer wanted. */
  readonly unsubscribed: readonly string[];
  /** Delta, on the first request of a stream: versions that the client has. */
  readonly known: ReadonlyMap<string, string>;
}

/** What an answer holds; the same map or list is encoded once for all who get it. */
export interface Answer {
  readonly kind: Kind;
  readonly nonce: string;
  readonly resources: ResourceMap | readonly Resource[];
  readonly removed: readonly string[];
}

export interface Dialect {
  readonly name: DialectName;
  /** The path of the aggregated method, and of that of endpoints alone. */
  readonly path: string;
  readonly endpointsPath: string;
  read(bytes: Uint8Array): DiscoveryRequest;
  write(answer: Answer): Buffer;
}

const SERVICE = 'envoy.service.discovery.v3.AggregatedDiscoveryService';
const ENDPOINT_SERVICE = 'envoy.service.endpoint.v3.EndpointDiscoveryService';
const PACKAGE = 'envoy.service.discovery.v3';

interface CommonRequest {
  readonly node?: NodeMessage | null;
  readonly type_url?: string;
  readonly response_nonce?: string;
  readonly error_detail?: { readonly message?: string } | null;
}

function common(message: CommonRequest): Pick<DiscoveryRequest, 'node' | 'typeUrl' | 'nonce' | 'error'> {
  return {
    node: message.node ?? undefined,
    typeUrl: message.type_url ?? '',
    nonce: message.response_nonce ?? '',
    error: message.error_detail == null ? undefined : (message.error_detail.message ?? ''),
  };
}

/** Messages that follow each other are one message: the shared part is encoded once, and each answer adds its own. */
function joined(
  type: string,
  resources: Answer['resources'],
  encoded: (one: Resource) => object,
  rest: object,
): Buffer {
  const response = messageType(`${PACKAGE}.${type}`);
  const encode = (all: Iterable<Resource>): Uint8Array =>
    response.encode({ resources: [...all].map(encoded) }).finish();
  return Buffer.concat([once(type, resources, encode), response.encode(rest).finish()]);
}

const whole = new WeakMap<Answer['resources'], Map<string, Uint8Array>>();

function once(
  type: string,
  resources: Answer['resources'],
  encode: (all: Iterable<Resource>) => Uint8Array,
): Uint8Array {
  const known = whole.get(resources) ?? new Map<string, Uint8Array>();
  whole.set(resources, known);
  const bytes = known.get(type) ?? encode(isMap(resources) ? resources.values() : resources);
  known.set(type, bytes);
  return bytes;
}

function isMap(resources: Answer['resources']): resources is ResourceMap {
  return resources instanceof Map;
}

const SOTW: Dialect = {
  name: 'sotw',
  path: `/${SERVICE}/StreamAggregatedResources`,
  endpointsPath: `/${ENDPOINT_SERVICE}/StreamEndpoints`,
  read: (bytes) => {
    const message = messageType(`${PACKAGE}.DiscoveryRequest`).decode(bytes) as CommonRequest & {
      readonly resource_names?: readonly string[];
    };
    return { ...common(message), names: message.resource_names ?? [], unsubscribed: [], known: new Map() };
  },
  write: ({ kind, nonce, resources }) =>
    joined('DiscoveryResponse', resources, ({ resource }) => resource, {
      version_info: nonce,
      type_url: TYPE_URLS[kind],
      nonce,
    }),
};

const DELTA: Dialect = {
  name: 'delta',
  path: `/${SERVICE}/DeltaAggregatedResources`,
  endpointsPath: `/${ENDPOINT_SERVICE}/DeltaEndpoints`,
  read: (bytes) => {
    const message = messageType(`${PACKAGE}.DeltaDiscoveryRequest`).decode(bytes) as CommonRequest & {
      readonly resource_names_subscribe?: readonly string[];
      readonly resource_names_unsubscribe?: readonly string[];
      readonly initial_resource_versions?: Readonly<Record<string, string>>;
    };
    return {
      ...common(message),
      names: message.resource_names_subscribe ?? [],
      unsubscribed: message.resource_names_unsubscribe ?? [],
      known: new Map(Object.entries(message.initial_resource_versions ?? {})),
    };
  },
  write: ({ kind, nonce, resources, removed }) =>
    joined('DeltaDiscoveryResponse', resources, (one) => one, {
      system_version_info: nonce,
      type_url: TYPE_URLS[kind],
      removed_resources: removed,
      nonce,
    }),
};

export const DIALECTS: readonly Dialect[] = [SOTW, DELTA];

/** True where the answer says nothing. */
export function isNothing({ resources, removed }: Pick<Answer, 'resources' | 'removed'>): boolean {
  return (
    removed.length === 0 && (isMap(resources) ? resources === EMPTY || resources.size === 0 : resources.length === 0)
  );
}
