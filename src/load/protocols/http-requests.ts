import type { WeightedMessage } from './http-request.ts';
import { bodyOf } from './in-turn.ts';

/** A request as it is sent. */
export interface Prepared {
  readonly text: string;
  /** True for HEAD, whose answer has no body. */
  readonly head: boolean;
}

/** The bytes of a request to who is named so. */
export function prepareHttp(message: WeightedMessage, authority: string): Prepared {
  const { method, path } = message;
  const body = bodyOf(message);
  const names = new Set(Object.keys(message.headers).map((name) => name.toLowerCase()));
  const hasBody = body !== '' || method === 'POST' || method === 'PUT';
  const headers = {
    ...(names.has('host') ? {} : { host: authority }),
    ...message.headers,
    ...(hasBody ? { 'content-length': body.length } : {}),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return { text: `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`, head: method === 'HEAD' };
}
