import type { ThriftSettings } from '../scenario/index.ts';
import type { ThriftCounters } from './mesh.ts';
import type { Json, SidecarPlan } from './sidecar-plan.ts';

const EXTENSIONS = 'type.googleapis.com/envoy.extensions';
const PROXY = `${EXTENSIONS}.filters.network.thrift_proxy.v3.ThriftProxy`;
const OPTIONS = `${EXTENSIONS}.filters.network.thrift_proxy.v3.ThriftProtocolOptions`;
const ROUTER = `${EXTENSIONS}.filters.network.thrift_proxy.router.v3.Router`;
const FILTER = 'envoy.filters.network.thrift_proxy';

type Transport = ThriftSettings['transport'];
type Direction = ThriftCounters['direction'];

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

/** Calls of connections that a proxy of Thrift itself ended under way: it made an exception before the call was whole. */
export function unfinishedCalls(prefix: string): string {
  return `thrift.${prefix}.cx_destroy_local_with_active_rq`;
}

/**
 * What the proxy and the router of a direction count (Envoy's documentation, thrift_proxy and its router filter): the
 * proxy whatever its listener took, the router whatever it sent to the cluster and got back.
 */
export function thriftCounters(direction: Direction, cluster: string): readonly ThriftCounters[] {
  const upstream = `cluster.${cluster}.thrift`;
  return [
    listenerCounters(direction, direction),
    {
      direction,
      calls: `${upstream}.upstream_rq_call`,
      oneways: `${upstream}.upstream_rq_oneway`,
      successes: `${upstream}.upstream_resp_success`,
      errors: `${upstream}.upstream_resp_error`,
      exceptions: `${upstream}.upstream_resp_exception`,
      unfinished: undefined,
      own: `${upstream}.upstream_resp_exception_local`,
    },
  ];
}

/** Those of a listener by the prefix of its counters. */
export function listenerCounters(direction: Direction, prefix: string): ThriftCounters {
  const listener = `thrift.${prefix}`;
  return {
    direction,
    calls: `${listener}.request_call`,
    oneways: `${listener}.request_oneway`,
    successes: `${listener}.response_success`,
    errors: `${listener}.response_error`,
    exceptions: `${listener}.response_exception`,
    unfinished: unfinishedCalls(prefix),
    own: undefined,
  };
}

function betweenTransport({ between, transport }: ThriftSettings): Transport {
  return between === 'header' ? 'header' : transport;
}

function envoyFormat(transport: Transport, { protocol }: ThriftSettings): Json {
  return { transport: transport.toUpperCase(), protocol: protocol.toUpperCase() };
}
