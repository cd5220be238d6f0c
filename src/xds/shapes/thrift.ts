import { clusterName, statPrefix } from '../../services/index.ts';
import type { Json } from '../encode.ts';
import { TYPE_URLS } from '../types.ts';
import { ADS, EXTENSIONS, outboundListener } from './common.ts';
import type { Routed } from './route.ts';

const FILTER = 'envoy.filters.network.thrift_proxy';
const PROXY = `${EXTENSIONS}.filters.network.thrift_proxy`;

/** How Thrift is spoken, in Envoy's words, and how its routes are told: in listeners, or apart from them (TRDS). */
export interface ThriftManner {
  readonly transport: 'FRAMED' | 'UNFRAMED' | 'HEADER';
  readonly protocol: 'BINARY' | 'COMPACT';
  readonly routes: 'listener' | 'trds';
}

/** The listener of a port: a call names no host, so that the port alone tells where it goes. */
export function thriftListener(
  routed: Routed,
  address: string,
  bound: boolean,
  { transport, protocol, routes }: ThriftManner,
): Json {
  const { port } = routed.service;
  const table =
    routes === 'trds'
      ? { trds: { config_source: ADS, route_config_name: String(port) } }
      : { route_config: routeTable(routed) };
  const router = { '@type': `${PROXY}.router.v3.Router` };
  return {
    ...outboundListener(port, address, bound),
    filter_chains: [
      {
        filters: [
          {
            name: FILTER,
            typed_config: {
              '@type': `${PROXY}.v3.ThriftProxy`,
              stat_prefix: statPrefix(port, address),
              transport,
              protocol,
              ...table,
              thrift_filters: [{ name: 'envoy.filters.thrift.router', typed_config: router }],
            },
          },
        ],
      },
    ],
  };
}

/** The routes of a port as a resource of their own. */
export function thriftRoutes(routed: Routed): Json {
  return { '@type': TYPE_URLS.thriftRoute, ...routeTable(routed) };
}

/** All calls go where the last rule of a VirtualService leads, which is that of all requests; else to the service. */
function routeTable({ service: { host, port }, rules }: Routed): Json {
  const destination = rules?.at(-1)?.route[0].destination ?? { host };
  const cluster = clusterName({ ...destination, port });
  return {
    name: String(port),
    routes: [{ match: { method_name: '' }, route: { cluster } }],
    // One that is not there fails calls, as with HTTP, and not the listener.
    validate_clusters: false,
  };
}

/** How a cluster's connections speak it. */
export function thriftOptions({ transport, protocol }: ThriftManner): Json {
  return {
    typed_extension_protocol_options: {
      [FILTER]: { '@type': `${PROXY}.v3.ThriftProtocolOptions`, transport, protocol },
    },
  };
}
