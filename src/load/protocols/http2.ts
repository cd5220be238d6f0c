import { encodeBlock, type Field, outgoing } from '../../wire/index.ts';
import type { Protocol } from '../protocol.ts';
import type { WeightedMessage } from './http-request.ts';
import { Http2Answer } from './http2-answer.ts';
import type { Http2Request } from './http2-request.ts';
import { bodyOf, requestsFrom } from './in-turn.ts';
import type { StreamRequest } from './stream-answer.ts';
import { converseStreams } from './streams.ts';

/** HTTP/2 without TLS, by prior knowledge: requests are multiplexed on streams. */
export const http2: Protocol<Http2Request> = {
  name: 'http2',
  converse: (spec) =>
    converseStreams({
      streams: spec.streams,
      next: requestsFrom(spec, (message) => prepareHttp2(message, spec.authority)),
      answer: () => new Http2Answer(),
    }),
};

/** The frames of a request to who is named so. A `host` among its headers names another, as it does with HTTP/1.1. */
export function prepareHttp2(message: WeightedMessage, authority: string): StreamRequest {
  const { method, path } = message;
  const body = bodyOf(message);
  const hasBody = body !== '' || method === 'POST' || method === 'PUT';
  const headers = Object.entries(message.headers).map(([name, value]) => ({ name: name.toLowerCase(), value }));
  const host = headers.find(({ name }) => name === 'host');
  const fields: readonly Field[] = [
    { name: ':method', value: method },
    { name: ':scheme', value: 'http' },
    { name: ':path', value: path },
    { name: ':authority', value: host?.value ?? authority },
    ...headers.filter(({ name }) => name !== 'host' && !OF_CONNECTIONS.has(name)),
    ...(hasBody ? [{ name: 'content-length', value: String(body.length) }] : []),
  ];
  return { message: outgoing(encodeBlock(fields), body), bodyless: method === 'HEAD' };
}

/** What HTTP/1.1 says of connections, and HTTP/2 may not (RFC 9113, section 8.2.2). */
const OF_CONNECTIONS: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);
