import type { HttpRequest } from './http-request.ts';

/** What a load over HTTP/2 sends: what one over HTTP/1.1 does, on streams. */
export interface Http2Request extends Omit<HttpRequest, 'protocol'> {
  readonly protocol: 'http2';
  /** Requests that may be under way on a connection at a time. */
  readonly streams: number;
}
