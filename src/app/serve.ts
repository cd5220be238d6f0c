import type { AppSettings, ThriftSettings } from '../scenario/index.ts';
import type { ServiceCall } from './calls.ts';
import type { Served } from './served.ts';

/** What an application is. */
export interface Application {
  readonly script: AppSettings;
  readonly port: number;
  readonly address: string;
  readonly seed: number;
  /** Called for every request; HTTP alone. */
  readonly calls: readonly ServiceCall[];
  /** How it speaks Thrift; it speaks HTTP without. */
  readonly thrift?: ThriftSettings | undefined;
}

/**
 * Starts an application. Only the code of its protocol is loaded: what it does not need is not part of its memory.
 * @throws BenchError component when the port is taken.
 */
export async function serve({ script, thrift, port, address, seed, calls }: Application): Promise<Served> {
  if (thrift === undefined) {
    const { serveHttp } = await import('./server.ts');
    return serveHttp(script, port, address, seed, calls);
  }
  if (thrift.server === 'fast') {
    const { respondThrift } = await import('./thrift-responder.ts');
    return respondThrift(script, thrift, port, address);
  }
  const { serveThrift } = await import('./thrift-server.ts');
  return serveThrift(script, thrift, port, address, seed);
}
