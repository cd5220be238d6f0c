import type net from 'node:net';
import { BenchError } from '../units/index.ts';

/**
 * Listens, with room for as many connections at once as a load opens.
 * @throws BenchError component when the port is taken.
 */
export function listenOn(server: net.Server, port: number, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      reject(
        new BenchError(
          'component',
          'APP_CANNOT_LISTEN',
          `the application cannot listen on ${address}:${port}: ${cause.code ?? cause.message}`,
          { hint: 'give the workload another port', cause },
        ),
      );
    });
    server.listen({ port, host: address, backlog: 4096 }, resolve);
  });
}

/** The port that a server listens on; 0 where it does not. */
export function portOf(server: net.Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Takes no connection any more; resolves when the last one has ended. */
export function stopListening(server: net.Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
