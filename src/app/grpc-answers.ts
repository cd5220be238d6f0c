import type { AppSettings } from '../scenario/index.ts';
import {
  encodeBlock,
  type GrpcStatus,
  grpcMessage,
  type Outgoing,
  outgoing,
  protobufBytes,
  statusCode,
  VERSION_HEADER,
} from '../wire/index.ts';
import type { Answerer } from './http2-server.ts';

/**
 * What the application answers as the service of scenarios/idl/echo.proto: to `Echo` its payload, whatever came. The
 * protocol is little more than frames of HTTP/2 here; tests hold it against the client of grpc-js.
 */
export function grpcAnswers(script: AppSettings): Answerer {
  const head = encodeBlock([
    { name: ':status', value: '200' },
    { name: 'content-type', value: 'application/grpc' },
    { name: VERSION_HEADER, value: script.version },
  ]);
  const trailers = encodeBlock([{ name: 'grpc-status', value: statusCode('OK') }]);
  const echoed = outgoing(head, grpcMessage(protobufBytes('x'.repeat(script.payload))), trailers);
  const failed = failure(script, 'FAILED_PRECONDITION', 'as it was asked for');
  const unknown = failure(script, 'UNIMPLEMENTED', 'no such method');
  return ({ path }) => {
    if (path === '/meshbench.Echo/Echo') return echoed;
    return path === '/meshbench.Echo/Fail' ? failed : unknown;
  };
}

/** An answer that is its trailers alone. */
function failure({ version }: AppSettings, status: GrpcStatus, message: string): Outgoing {
  const fields = [
    { name: ':status', value: '200' },
    { name: 'content-type', value: 'application/grpc' },
    { name: VERSION_HEADER, value: version },
    { name: 'grpc-status', value: statusCode(status) },
    { name: 'grpc-message', value: message },
  ];
  return outgoing(encodeBlock(fields), '');
}
