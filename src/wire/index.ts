export { FramingError, type Head, MAX_HEAD_BYTES, MessageReader, VERSION_HEADER } from './http1.ts';
export * from './thrift/index.ts';
export { type Dial, type Endpoint, type Link, type LinkHandlers, tcpDialer } from './transport.ts';
