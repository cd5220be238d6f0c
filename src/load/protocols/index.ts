import type { Conversation } from '../protocol.ts';
import { http } from './http.ts';
import type { HttpRequest } from './http-request.ts';
import { thrift } from './thrift.ts';
import type { ThriftRequest } from './thrift-request.ts';

export type { HttpRequest, ThriftRequest };

/** What a load can send. A new protocol is a file here, its words in this union, and its case below. */
export type Requests = HttpRequest | ThriftRequest;

/** A new connection's requests and answers. */
export function converse(request: Requests): Conversation {
  switch (request.protocol) {
    case 'http':
      return http.converse(request);
    case 'thrift':
      return thrift.converse(request);
  }
}
