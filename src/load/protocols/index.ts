import type { Conversation } from '../protocol.ts';
import { grpc } from './grpc.ts';
import type { GrpcRequest } from './grpc-request.ts';
import { http } from './http.ts';
import type { HttpRequest } from './http-request.ts';
import { http2 } from './http2.ts';
import type { Http2Request } from './http2-request.ts';
import { thrift } from './thrift.ts';
import type { ThriftRequest } from './thrift-request.ts';

export type { GrpcRequest, Http2Request, HttpRequest, ThriftRequest };

/** What a load can send. A new protocol is a file here, its words in this union, and its case below. */
export type Requests = HttpRequest | Http2Request | GrpcRequest | ThriftRequest;

/** A new connection's requests and answers. */
export function converse(request: Requests): Conversation {
  switch (request.protocol) {
    case 'http':
      return http.converse(request);
    case 'http2':
      return http2.converse(request);
    case 'grpc':
      return grpc.converse(request);
    case 'thrift':
      return thrift.converse(request);
  }
}
