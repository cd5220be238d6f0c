import { messageType } from './definitions.ts';
import type { DialectName } from './dialect.ts';
import { type Kind, kindOf } from './types.ts';

/** An answer as a client reads it. */
export interface ReadAnswer {
  /** Undefined for what is not served here. */
  readonly kind: Kind | undefined;
  readonly nonce: string;
  /** Names of the resources that it holds. */
  readonly names: readonly string[];
}

/** A client as it introduces itself. */
export interface ClientNode {
  readonly id: string;
  readonly namespace: string;
  readonly app: string;
}

/** A request as a client writes it. */
export interface WrittenRequest {
  readonly typeUrl: string;
  readonly names: readonly string[];
  readonly nonce: string;
  readonly node: ClientNode | undefined;
}

/** The other end of a dialect: what a client says and hears. */
export interface ClientDialect {
  readonly name: DialectName;
  readonly path: string;
  readAnswer(bytes: Uint8Array): ReadAnswer;
  writeRequest(request: WrittenRequest): Buffer;
}

const PACKAGE = 'envoy.service.discovery.v3';
const SERVICE = `/${PACKAGE}.AggregatedDiscoveryService`;

interface AnswerMessage {
  readonly type_url?: string;
  readonly nonce?: string;
  /** `Any` in state of the world, a resource with its name in delta. */
  readonly resources?: readonly { readonly name?: string; readonly value?: Uint8Array }[];
}

/** By their own definition: a cluster's endpoints are named after it, all others have a name. */
function nameOf(typeUrl: string, value: Uint8Array): string {
  const message = messageType(typeUrl.slice(typeUrl.indexOf('/') + 1)).decode(value) as {
    readonly name?: string;
    readonly cluster_name?: string;
  };
  return message.name ?? message.cluster_name ?? '';
}

function nodeMessage(node: WrittenRequest['node']): object {
  if (node === undefined) return {};
  const { id, namespace, app } = node;
  const metadata = {
    NAMESPACE: { stringValue: namespace },
    LABELS: { structValue: { fields: { app: { stringValue: app } } } },
    // istiod gives endpoints of its own cluster to its own cluster's sidecars.
    CLUSTER_ID: { stringValue: 'Kubernetes' },
  };
  return { node: { id, metadata: { fields: metadata } } };
}

function clientDialect(name: DialectName, method: string, prefix: string, namesField: string): ClientDialect {
  return {
    name,
    path: `${SERVICE}/${method}`,
    readAnswer: (bytes) => {
      const message = messageType(`${PACKAGE}.${prefix}DiscoveryResponse`).decode(bytes) as AnswerMessage;
      const { type_url: typeUrl = '', nonce = '', resources = [] } = message;
      const names = resources.map((one) => one.name ?? nameOf(typeUrl, one.value ?? new Uint8Array()));
      return { kind: kindOf(typeUrl), nonce, names };
    },
    writeRequest: ({ typeUrl, names, nonce, node }) => {
      const fields = { type_url: typeUrl, response_nonce: nonce, [namesField]: names, ...nodeMessage(node) };
      return Buffer.from(messageType(`${PACKAGE}.${prefix}DiscoveryRequest`).encode(fields).finish());
    },
  };
}

/** What a client speaks, by name. */
export const CLIENT_DIALECTS: Readonly<Record<DialectName, ClientDialect>> = {
  sotw: clientDialect('sotw', 'StreamAggregatedResources', '', 'resource_names'),
  delta: clientDialect('delta', 'DeltaAggregatedResources', 'Delta', 'resource_names_subscribe'),
};
