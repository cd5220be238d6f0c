import type { GrpcRequest, Requests, ThriftRequest } from '../load/index.ts';
import {
  type GrpcSettings,
  type LoadSettings,
  messagesOf,
  type Settings,
  type ThriftSettings,
} from '../scenario/index.ts';
import { encodeBytesField, protobufBytes } from '../wire/index.ts';

/** What the load of a variant sends to the service that is named so; `seed` orders requests that are chosen by weight. */
export function requestsOf(settings: Settings, authority: string, seed = 0): Requests {
  const { protocol, load, http2, grpc, thrift } = settings;
  switch (protocol) {
    case 'http':
      return { protocol, authority, messages: messagesOf(load), seed };
    case 'http2':
      return { protocol, authority, messages: messagesOf(load), seed, streams: http2.streams };
    case 'grpc':
      return { protocol, authority, ...echoCall(load, grpc), streams: http2.streams };
    case 'thrift':
      return thriftRequest(authority, load, thrift);
  }
}

/** A call of scenarios/idl/echo.proto: its methods take bytes. */
function echoCall(
  { payload, headers }: LoadSettings,
  { call }: GrpcSettings,
): Pick<GrpcRequest, 'path' | 'message' | 'headers'> {
  const message = Buffer.from(protobufBytes('x'.repeat(payload)), 'latin1').toString('base64');
  return { path: `/meshbench.Echo/${call}`, message, headers };
}

/** A call of scenarios/idl/echo.thrift: all of its methods take bytes or text as their first argument. */
function thriftRequest(authority: string, load: LoadSettings, thrift: ThriftSettings): ThriftRequest {
  const { transport, protocol, call: method, service, headers, pipeline } = thrift;
  return {
    protocol: 'thrift',
    authority,
    format: { transport, protocol },
    call: service === '' ? method : `${service}:${method}`,
    method,
    oneway: method === 'notify',
    returns: method === 'echo',
    exceptions: method === 'fail' ? { 1: 'Refused' } : {},
    body: encodeBytesField(protocol, 1, Buffer.alloc(load.payload, 'x')).toString('base64'),
    headers,
    pipeline,
  };
}
