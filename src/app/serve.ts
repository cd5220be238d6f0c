import type { AppSettings, ProtocolName, ThriftSettings } from '../scenario/index.ts';
import type { ServiceCall } from './calls.ts';
import type { Served } from './served.ts';

/** What an application is. */
export interface Application {
  readonly script: AppSettings;
  readonly port: number;
  readonly address: string;
  readonly seed: number;
  /** Called for every request; HTTP/1.1 alone. */
  readonly calls: readonly ServiceCall[];
  /** What it speaks; HTTP/1.1 unless it is said. */
  readonly protocol?: ProtocolName | undefined;
  /** How it speaks Thrift, where it does. */
  readonly thrift?: ThriftSettings | undefined;
}

/**
 * Starts an application. Only the code of its protocol is loaded: what it does not need is not part of its memory.
 * @throws BenchError component when the port is taken.
 */
export async function serve({ script, protocol, thrift, port, address, seed, calls }: Application): Promise<Served> {
  if (protocol === 'http2') {
    const { serveHttp2 } = await import('./http2-server.ts');
    return serveHttp2(script, port, address, seed);
  }
  if (protocol === 'grpc') {
    const [{ serveHttp2 }, { grpcAnswers }] = await Promise.all([
      import('./http2-server.ts'),
      import('./grpc-answers.ts'),
    ]);
    return serveHttp2(script, port, address, seed, grpcAnswers(script));
  }
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
