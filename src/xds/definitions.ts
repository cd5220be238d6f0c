import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import protobuf from 'protobufjs';

const require = createRequire(import.meta.url);

/** Where definitions lie: those of Envoy and what they need come with grpc-js-xds, those of protobuf itself with protobufjs. */
function folders(): readonly string[] {
  const xds = path.dirname(require.resolve('@grpc/grpc-js-xds/package.json'));
  const own = ['envoy-api', 'googleapis', 'xds', 'protoc-gen-validate'].map((name) => path.join(xds, 'deps', name));
  return [...own, path.dirname(require.resolve('protobufjs/package.json'))];
}

/** The files of the messages that are spoken here; what they refer to is loaded with them. */
const FILES = [
  'envoy/service/discovery/v3/ads.proto',
  'envoy/config/cluster/v3/cluster.proto',
  'envoy/config/endpoint/v3/endpoint.proto',
  'envoy/config/listener/v3/listener.proto',
  'envoy/config/route/v3/route.proto',
  'envoy/extensions/filters/http/cors/v3/cors.proto',
  'envoy/extensions/filters/http/fault/v3/fault.proto',
  'envoy/extensions/filters/http/grpc_stats/v3/config.proto',
  'envoy/extensions/filters/http/on_demand/v3/on_demand.proto',
  'envoy/extensions/filters/http/router/v3/router.proto',
  'envoy/extensions/filters/listener/http_inspector/v3/http_inspector.proto',
  'envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager.proto',
  'envoy/extensions/filters/network/tcp_proxy/v3/tcp_proxy.proto',
  'envoy/extensions/filters/network/thrift_proxy/router/v3/router.proto',
  'envoy/extensions/filters/network/thrift_proxy/v3/thrift_proxy.proto',
  'envoy/extensions/request_id/uuid/v3/uuid.proto',
  'envoy/extensions/retry/host/previous_hosts/v3/previous_hosts.proto',
  'envoy/extensions/upstreams/http/v3/http_protocol_options.proto',
] as const;

let loaded: protobuf.Root | undefined;

/** All definitions, read at the first call: half a second of processor time. Field names are as the files write them. */
export function definitions(): protobuf.Root {
  loaded ??= load();
  return loaded;
}

function load(): protobuf.Root {
  const root = new protobuf.Root();
  const places = folders();
  root.resolvePath = (_origin, target) =>
    places.map((folder) => path.join(folder, target)).find((file) => existsSync(file)) ?? null;
  root.loadSync([...FILES], { keepCase: true });
  root.resolveAll();
  return root;
}

const types = new Map<string, protobuf.Type>();

/** The definition of a message by its full name, looked up once: every message on every stream asks. @throws Error where none is loaded. */
export function messageType(name: string): protobuf.Type {
  const known = types.get(name) ?? definitions().lookupType(name);
  types.set(name, known);
  return known;
}
