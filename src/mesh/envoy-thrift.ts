import type { ThriftSettings } from '../scenario/index.ts';
import type { Json, SidecarPlan } from './sidecar-plan.ts';

const EXTENSIONS = 'type.googleapis.com/envoy.extensions';
const PROXY = `${EXTENSIONS}.filters.network.thrift_proxy.v3.ThriftProxy`;
const OPTIONS = `${EXTENSIONS}.filters.network.thrift_proxy.v3.ThriftProtocolOptions`;
const ROUTER = `${EXTENSIONS}.filters.network.thrift_proxy.router.v3.Router`;
const FILTER = 'envoy.filters.network.thrift_proxy';

type Transport = ThriftSettings['transport'];

/**
 * Envoy's Thrift proxy in front of one cluster: a message names no host, and its routes have no retry policy.
 * @param accessLog an access log in Envoy's words; empty for none
 */
export function thriftProxy(
  direction: 'inbound' | 'outbound',
  cluster: string,
  thrift: ThriftSettings,
  accessLog: readonly Json[],
): Json {
  return {
    name: FILTER,
    typed_config: {
      '@type': PROXY,
      stat_prefix: direction,
      ...envoyFormat(direction === 'inbound' ? betweenTransport(thrift) : thrift.transport, thrift),
      route_config: { name: direction, routes: [{ match: { method_name: '' }, route: { cluster } }] },
      thrift_filters: [{ name: 'envoy.filters.thrift.router', typed_config: { '@type': ROUTER } }],
      ...(accessLog.length === 0 ? {} : { access_log: accessLog }),
    },
  };
}

/** What a cluster's connections speak: between two sidecars perhaps another transport than their applications. */
export function thriftOptions(direction: 'inbound' | 'outbound', { thrift }: SidecarPlan): Json {
  if (thrift === undefined) return {};
  const transport = direction === 'outbound' ? betweenTransport(thrift) : thrift.transport;
  return { typed_extension_protocol_options: { [FILTER]: { '@type': OPTIONS, ...envoyFormat(transport, thrift) } } };
}

function betweenTransport({ between, transport }: ThriftSettings): Transport {
  return between === 'header' ? 'header' : transport;
}

function envoyFormat(transport: Transport, { protocol }: ThriftSettings): Json {
  return { transport: transport.toUpperCase(), protocol: protocol.toUpperCase() };
}
