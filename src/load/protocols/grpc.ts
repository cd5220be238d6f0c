import { encodeBlock, grpcMessage, outgoing } from '../../wire/index.ts';
import type { Protocol } from '../protocol.ts';
import { GrpcAnswer } from './grpc-answer.ts';
import type { GrpcRequest } from './grpc-request.ts';
import type { StreamRequest } from './stream-answer.ts';
import { converseStreams } from './streams.ts';

/** Written once, and not once per connection. */
const prepared = new WeakMap<GrpcRequest, StreamRequest>();

/** Unary gRPC calls over HTTP/2 without TLS. */
export const grpc: Protocol<GrpcRequest> = {
  name: 'grpc',
  converse: (spec) => {
    const call = prepared.get(spec) ?? prepareCall(spec);
    prepared.set(spec, call);
    return converseStreams({ streams: spec.streams, next: () => call, answer: () => new GrpcAnswer() });
  },
};

/** The frames of a call. */
export function prepareCall({ path, authority, headers, message }: GrpcRequest): StreamRequest {
  const fields = [
    { name: ':method', value: 'POST' },
    { name: ':scheme', value: 'http' },
    { name: ':path', value: path },
    { name: ':authority', value: authority },
    { name: 'te', value: 'trailers' },
    { name: 'content-type', value: 'application/grpc' },
    ...Object.entries(headers).map(([name, value]) => ({ name: name.toLowerCase(), value })),
  ];
  const body = grpcMessage(Buffer.from(message, 'base64').toString('latin1'));
  return { message: outgoing(encodeBlock(fields), body), bodyless: false };
}
