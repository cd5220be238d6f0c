export * from './grpc/index.ts';
export { FramingError } from './http1/framing-error.ts';
export { type Head, VERSION_HEADER } from './http1/head.ts';
export { MAX_HEAD_BYTES, MessageReader } from './http1/message-reader.ts';
export * from './http2/index.ts';
export * from './thrift/index.ts';
export { type Dial, type Endpoint, type Link, type LinkHandlers, RECEIVE_BYTES, tcpDialer } from './transport.ts';
