export { GrpcMessages, grpcMessage, protobufBytes } from './message.ts';
export { type GrpcStatus, statusCode, statusText } from './status.ts';
