import http from 'node:http';
import https from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { BenchError } from '../units/index.ts';
import type { ApiAccess } from './processes.ts';

/** Objects on their way at a time: more only wait in the API server, which has one processor here. */
const CONNECTIONS = 24;
const RETRY_MS = 50;
const TIMEOUT_MS = 30_000;

export interface ApiAnswer {
  readonly status: number;
  readonly body: string;
}

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

export interface ApiRequest {
  readonly method: Method;
  readonly path: string;
  readonly body?: string;
  /** JSON unless it is said. */
  readonly type?: string;
}

/** The API server of this host, over a few connections that stay. */
export class Api implements Disposable {
  private readonly agent = new https.Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  private readonly access: ApiAccess;

  constructor(access: ApiAccess) {
    this.access = access;
  }

  /** One request and its answer. @throws Error where the server is not there. */
  ask({ method, path, body, type = 'application/json' }: ApiRequest): Promise<ApiAnswer> {
    const { port, token } = this.access;
    const headers = {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': type, 'content-length': Buffer.byteLength(body) }),
    };
    // The server makes its certificate at its start, and nobody else can be on this loopback.
    const options = { host: '127.0.0.1', port, method, path, headers, agent: this.agent, rejectUnauthorized: false };
    return exchange(https.request({ ...options, timeout: TIMEOUT_MS }), body);
  }

  /**
   * The same until it is done, however often the server says that it is not ready for it; what is there already counts as
   * made.
   * @throws BenchError component where it refuses, or is not ready by `deadline`, in ms of Date.now.
   */
  async settle(request: ApiRequest, deadline: number): Promise<ApiAnswer> {
    for (;;) {
      const answer = await this.ask(request).catch((error: Error) => error);
      if (!(answer instanceof Error) && (answer.status < 300 || isThere(request, answer))) return answer;
      const said = answer instanceof Error ? answer.message : `${answer.status} ${answer.body.slice(0, 400)}`;
      const passes = answer instanceof Error || PASSING.has(answer.status);
      if (!passes || Date.now() > deadline) throw refused(request, said);
      await sleep(RETRY_MS);
    }
  }

  [Symbol.dispose](): void {
    this.agent.destroy();
  }
}

function isThere({ method }: ApiRequest, { status }: ApiAnswer): boolean {
  return method === 'POST' && status === 409;
}

/** Too much at once, a kind that is not served yet, a server on its way up. */
const PASSING: ReadonlySet<number> = new Set([403, 404, 429, 500, 503, 504]);

function refused({ method, path }: ApiRequest, said: string): BenchError {
  return new BenchError('component', 'API_SERVER', `the API server does not take ${method} ${path}: ${said}`, {
    hint: 'see what istiod and its API server were started from: docs/control-plane.md',
  });
}

/** One GET over plain HTTP. @throws Error where nobody answers. */
export function get(url: string): Promise<ApiAnswer> {
  return exchange(http.request(url, { timeout: TIMEOUT_MS, agent: false }), undefined);
}

function exchange(request: http.ClientRequest, body: string | undefined): Promise<ApiAnswer> {
  return new Promise((resolve, reject) => {
    request.once('error', reject);
    request.once('timeout', () => request.destroy(new Error(`no answer in ${TIMEOUT_MS / 1000} s`)));
    request.once('response', (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => void parts.push(part));
      response.once('error', reject);
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts).toString('utf8') }),
      );
    });
    request.end(body);
  });
}
