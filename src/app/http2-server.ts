import net from 'node:net';
import { type Clock, monotonicNow } from '../metrics/index.ts';
import type { AppSettings } from '../scenario/index.ts';
import { toMillis } from '../units/index.ts';
import { encodeBlock, type Outgoing, outgoing, VERSION_HEADER } from '../wire/index.ts';
import { DelayedAnswers } from './delayed-answers.ts';
import { type Asked, Http2Caller, type Http2Pending } from './http2-caller.ts';
import { listenOn, portOf, stopListening } from './listen.ts';
import type { Served } from './served.ts';
import { spin } from './work.ts';

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
  const app = new Http2App(script, monotonicNow, seed, answerer);
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

class Http2App implements Served {
  readonly server: net.Server;
  private readonly script: AppSettings;
  private readonly clock: Clock;
  private readonly answerer: Answerer;
  private readonly delayed: DelayedAnswers<Http2Pending>;
  private served = 0;

  constructor(script: AppSettings, clock: Clock, seed: number, answerer: Answerer) {
    this.script = script;
    this.clock = clock;
    this.answerer = answerer;
    this.delayed = new DelayedAnswers(script, clock, seed, (pending) => this.answer(pending));
    this.server = net.createServer({ noDelay: true }, (socket) => this.accept(socket));
  }

  get port(): number {
    return portOf(this.server);
  }

  measureFrom(instant: number): void {
    this.delayed.measureFrom(instant);
  }

  close(): Promise<void> {
    this.delayed.close();
    return stopListening(this.server);
  }

  private accept(socket: net.Socket): void {
    const caller = new Http2Caller(socket, (pending) => this.requested(pending));
    const { keepAliveTimeout } = this.script;
    if (keepAliveTimeout === 0) return;
    socket.setTimeout(toMillis(keepAliveTimeout), () => {
      if (caller.isIdle) caller.leave();
    });
  }

  private requested(pending: Http2Pending): void {
    this.served += 1;
    const { reset } = this.script;
    if (reset !== undefined && this.served % reset.every === 0) pending.caller.socket.resetAndDestroy();
    else this.delayed.add(pending);
  }

  private answer({ caller, stream, asked }: Http2Pending): void {
    const { work, close } = this.script;
    if (work > 0) spin(this.clock, work);
    caller.answer(stream, this.answerer(asked));
    if (close !== undefined && this.served % close.every === 0) caller.leave();
  }
}
