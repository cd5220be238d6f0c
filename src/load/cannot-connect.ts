import { BenchError } from '../units/index.ts';
import type { Endpoint } from '../wire/index.ts';

/** A server that takes no connection before anything was sent. */
export function cannotConnect(endpoint: Endpoint, reason: string): BenchError {
  return new BenchError(
    'component',
    'LOAD_CANNOT_CONNECT',
    `no connection to ${endpoint.address}:${endpoint.port}: ${reason}`,
    { hint: 'check that the server listens there and accepts as many connections as --connections asks for' },
  );
}
