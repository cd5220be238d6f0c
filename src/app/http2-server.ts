import type net from 'node:net';
import type { AppSettings } from '../scenario/index.ts';
import { encodeBlock, type Outgoing, outgoing, VERSION_HEADER } from '../wire/index.ts';
import { type Asked, Http2Caller, type Http2Pending } from './http2-caller.ts';
import { listenOn } from './listen.ts';
import { ScriptedApp } from './scripted-app.ts';
import type { Served } from './served.ts';

/** What answers a request. */
export type Answerer = (asked: Asked) => Outgoing;

/**
 * The upstream application for HTTP/2 without TLS, by prior knowledge: answers every request as its script says.
 * @throws BenchError component when the port is taken.
 */
export async function serveHttp2(
  script: AppSettings,
  port: number,
  address: string,
  seed: number,
  answerer: Answerer = httpAnswers(script),
): Promise<Served> {
  const app = new Http2App(script, seed, answerer);
  await listenOn(app.server, port, address);
  return app;
}

/** The good answers never change: they are built once. */
function httpAnswers({ payload, version }: AppSettings): Answerer {
  const head = encodeBlock([
    { name: ':status', value: '200' },
    { name: 'content-type', value: 'text/plain' },
    { name: 'content-length', value: String(payload) },
    { name: VERSION_HEADER, value: version },
  ]);
  const good = outgoing(head, 'x'.repeat(payload));
  const bodyless = outgoing(head, '');
  return ({ method }) => (method === 'HEAD' ? bodyless : good);
}

class Http2App extends ScriptedApp<Http2Pending> {
  private readonly answerer: Answerer;

  constructor(script: AppSettings, seed: number, answerer: Answerer) {
    super(script, seed);
    this.answerer = answerer;
  }

  protected accept(socket: net.Socket): void {
    const caller = new Http2Caller(socket, (pending) => {
      if (!this.isReset(socket)) this.delayed.add(pending);
    });
    this.whenIdle(
      socket,
      () => caller.isIdle,
      () => caller.leave(),
    );
  }

  protected answer({ caller, stream, asked }: Http2Pending): void {
    this.work();
    caller.answer(stream, this.answerer(asked));
    if (this.leaves) caller.leave();
  }
}
