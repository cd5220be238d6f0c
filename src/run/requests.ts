import type { Requests, ThriftRequest } from '../load/index.ts';
import { type LoadSettings, messagesOf, type Settings, type ThriftSettings } from '../scenario/index.ts';
import { encodeBytesField } from '../wire/index.ts';

/** What the load of a variant sends to the service that is named so; `seed` orders requests that are chosen by weight. */
export function requestsOf({ protocol, load, thrift }: Settings, authority: string, seed = 0): Requests {
  if (protocol === 'thrift') return thriftRequest(authority, load, thrift);
  return { protocol: 'http', authority, messages: messagesOf(load), seed };
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
