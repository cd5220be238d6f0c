import net from 'node:net';
import { type Clock, monotonicNow } from '../metrics/index.ts';
import type { AppSettings } from '../scenario/index.ts';
import { BenchError, createRandom, toMillis } from '../units/index.ts';
import { MessageReader, VERSION_HEADER } from '../wire/index.ts';
import { Alarm } from './alarm.ts';
import { answerDue, type StallSpan } from './script.ts';

/** A running application. */
export interface Served {
  readonly port: number;
  /** Tells it when the measurement starts, from which its stalls are counted. */
  measureFrom(instant: number): void;
  close(): Promise<void>;
}

/** One request that waits for its answer. */
interface Pending {
  readonly socket: net.Socket;
  readonly head: boolean;
  readonly keepAlive: boolean;
}

/**
 * The upstream application for HTTP/1.1: answers every request as its script says.
 * @throws BenchError component when the port is taken.
 */
export async function serveHttp(script: AppSettings, port: number, address: string, seed: number): Promise<Served> {
  const app = new HttpApp(script, monotonicNow, seed);
  await app.listen(port, address);
  return app;
}

class HttpApp implements Served {
  private readonly script: AppSettings;
  private readonly clock: Clock;
  private readonly random: () => number;
  private readonly server: net.Server;
  private readonly alarm: Alarm<Pending> | undefined;
  private readonly answers: { readonly stay: string; readonly leave: string; readonly head: string };
  private stalls: readonly StallSpan[] = [];
  private served = 0;

  constructor(script: AppSettings, clock: Clock, seed: number) {
    this.script = script;
    this.clock = clock;
    this.random = createRandom(seed);
    this.answers = prepareAnswers(script);
    this.server = net.createServer({ noDelay: true }, (socket) => this.accept(socket));
    const immediate = script.delay.kind === 'constant' && script.delay.value === 0 && script.stalls.length === 0;
    this.alarm = immediate ? undefined : new Alarm(clock, (pending) => this.answer(pending));
  }

  get port(): number {
    const address = this.server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  listen(port: number, address: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once('error', (cause: NodeJS.ErrnoException) => {
        reject(
          new BenchError(
            'component',
            'APP_CANNOT_LISTEN',
            `the application cannot listen on ${address}:${port}: ${cause.code ?? cause.message}`,
            {
              hint: 'give the workload another port',
              cause,
            },
          ),
        );
      });
      this.server.listen({ port, host: address, backlog: 4096 }, resolve);
    });
  }

  measureFrom(instant: number): void {
    this.stalls = this.script.stalls.map((stall) => ({
      from: instant + stall.at,
      until: instant + stall.at + stall.for,
    }));
  }

  async close(): Promise<void> {
    this.alarm?.close();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private accept(socket: net.Socket): void {
    const reader = new MessageReader('request');
    if (this.script.keepAliveTimeout > 0) {
      socket.setTimeout(toMillis(this.script.keepAliveTimeout), () => socket.end());
    }
    socket.on('error', () => socket.destroy());
    socket.on('data', (bytes) => this.received(socket, reader, bytes));
  }

  private received(socket: net.Socket, reader: MessageReader, bytes: Buffer): void {
    let offset = 0;
    try {
      while (offset < bytes.length && !socket.destroyed) {
        offset = reader.read(bytes, offset, bytes.length);
        if (offset < 0) return;
        this.requested({ socket, head: reader.head.startLine.startsWith('HEAD '), keepAlive: reader.head.keepAlive });
      }
    } catch {
      socket.end('HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n', 'latin1');
    }
  }

  private requested(pending: Pending): void {
    this.served += 1;
    const { reset } = this.script;
    if (reset !== undefined && this.served % reset.every === 0) {
      pending.socket.resetAndDestroy();
      return;
    }
    if (this.alarm === undefined) {
      this.answer(pending);
      return;
    }
    const now = this.clock();
    const due = answerDue(now, this.script.delay, this.stalls, this.random);
    if (due <= now) this.answer(pending);
    else this.alarm.set(due, pending);
  }

  private answer({ socket, head, keepAlive }: Pending): void {
    if (socket.destroyed) return;
    const { close } = this.script;
    const leave = !keepAlive || (close !== undefined && this.served % close.every === 0);
    if (leave) socket.end(head ? this.answers.head : this.answers.leave, 'latin1');
    else socket.write(head ? this.answers.head : this.answers.stay, 'latin1');
  }
}

/** The answers never change: they are built once, as text that Node writes without a copy of its own. */
function prepareAnswers(script: AppSettings): { stay: string; leave: string; head: string } {
  const head =
    'HTTP/1.1 200 OK\r\n' +
    `content-type: text/plain\r\ncontent-length: ${script.payload}\r\n` +
    `${VERSION_HEADER}: ${script.version}\r\n`;
  const body = 'x'.repeat(script.payload);
  return { stay: `${head}\r\n${body}`, leave: `${head}connection: close\r\n\r\n${body}`, head: `${head}\r\n` };
}
