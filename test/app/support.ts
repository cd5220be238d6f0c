import http from 'node:http';
import net from 'node:net';
import type { ServiceCall } from '../../src/app/index.ts';
import { serveHttp } from '../../src/app/server.ts';
import { monotonicNow } from '../../src/metrics/index.ts';
import { type AppSettings, DEFAULT_SETTINGS } from '../../src/scenario/index.ts';
import { fromSeconds } from '../../src/units/index.ts';

export const HOST = '127.0.0.1';

/** Serves while `use` runs, and hands it the port. */
export async function withApp<T>(
  script: Partial<AppSettings>,
  use: (port: number) => Promise<T>,
  calls: readonly ServiceCall[] = [],
): Promise<T> {
  const app = await serveHttp({ ...DEFAULT_SETTINGS.app, ...script }, 0, HOST, 1, calls);
  try {
    return await use(app.port);
  } finally {
    void app.close();
  }
}

export interface Seen {
  readonly status: number;
  readonly body: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly tookMs: number;
}

/** Node's own client is the judge of what the application speaks. */
export function ask(port: number, options: http.RequestOptions = {}, body = ''): Promise<Seen> {
  const from = monotonicNow();
  return new Promise((resolve, reject) => {
    const request = http.request({ port, host: HOST, ...options }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          body: text,
          headers: response.headers,
          tookMs: (monotonicNow() - from) / 1e6,
        }),
      );
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** One request as a {@link Callee} has got it. */
export interface Got {
  readonly socket: net.Socket;
  readonly head: string;
  /** Of the connection and of its request on that, each counted from 1. */
  readonly connection: number;
  readonly nth: number;
}

/** A service that does with each request what a test says, down to its bytes. */
export class Callee implements AsyncDisposable {
  readonly got: Got[] = [];
  connections = 0;
  private readonly server: net.Server;
  private readonly sockets = new Set<net.Socket>();

  private constructor(react: (got: Got) => void) {
    this.server = net.createServer({ noDelay: true }, (socket) => {
      this.connections += 1;
      this.sockets.add(socket);
      const connection = this.connections;
      let nth = 0;
      socket.on('error', () => undefined);
      socket.on('data', (bytes) => {
        nth += 1;
        const got = { socket, head: bytes.toString('latin1'), connection, nth };
        this.got.push(got);
        react(got);
      });
    });
  }

  static async open(react: (got: Got) => void): Promise<Callee> {
    const callee = new Callee(react);
    await new Promise<void>((resolve) => callee.server.listen(0, HOST, resolve));
    return callee;
  }

  /** The call that an application makes of it. */
  call(authority = 'callee:80', timeout = fromSeconds(5)): ServiceCall {
    const address = this.server.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    return { endpoint: { address: HOST, port }, authority, timeout };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

export const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

export function answerOk({ socket }: Got): void {
  socket.write(OK);
}
