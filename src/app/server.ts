import net from 'node:net';
import { type Clock, monotonicNow } from '../metrics/index.ts';
import type { AppSettings } from '../scenario/index.ts';
import { toMillis } from '../units/index.ts';
import { MessageReader, tcpDialer } from '../wire/index.ts';
import { type Answers, badGateway, prepareAnswers } from './answers.ts';
import type { ServiceCall } from './calls.ts';
import { DelayedAnswers } from './delayed-answers.ts';
import { FanOut } from './fan-out.ts';
import { listenOn, portOf, stopListening } from './listen.ts';
import type { Served } from './served.ts';
import { spin } from './work.ts';

/** A connection from a caller. */
interface Connection {
  readonly socket: net.Socket;
  readonly reader: MessageReader;
  /** Requests that wait for their answer. */
  unanswered: number;
  /** Of an application that calls others: those requests, the first of which is under way. */
  readonly inTurn: Pending[];
}

/** One request that waits for its answer. */
interface Pending {
  readonly connection: Connection;
  readonly head: boolean;
  readonly keepAlive: boolean;
  /** Header lines that the calls for it carry. */
  readonly tracing: string;
  /** Why a call for it failed, or empty. */
  failure: string;
}

/**
 * The upstream application for HTTP/1.1: answers every request as its script says, once it has called all of `calls`.
 * Where a call failed the answer is a 502 that says which and why.
 * @throws BenchError component when the port is taken.
 */
export async function serveHttp(
  script: AppSettings,
  port: number,
  address: string,
  seed: number,
  calls: readonly ServiceCall[] = [],
): Promise<Served> {
  const app = new HttpApp(script, monotonicNow, seed, calls);
  await listenOn(app.server, port, address);
  return app;
}

class HttpApp implements Served {
  private readonly script: AppSettings;
  private readonly clock: Clock;
  readonly server: net.Server;
  private readonly delayed: DelayedAnswers<Pending>;
  private readonly fanOut: FanOut | undefined;
  private readonly answers: Answers;
  private served = 0;

  constructor(script: AppSettings, clock: Clock, seed: number, calls: readonly ServiceCall[]) {
    this.script = script;
    this.clock = clock;
    this.answers = prepareAnswers(script);
    this.fanOut = calls.length === 0 ? undefined : new FanOut(calls, tcpDialer());
    this.server = net.createServer({ noDelay: true }, (socket) => this.accept(socket));
    this.delayed = new DelayedAnswers(script, clock, seed, (pending) => this.answer(pending));
  }

  get port(): number {
    return portOf(this.server);
  }

  measureFrom(instant: number): void {
    this.delayed.measureFrom(instant);
  }

  close(): Promise<void> {
    this.delayed.close();
    this.fanOut?.close();
    return stopListening(this.server);
  }

  private accept(socket: net.Socket): void {
    const connection: Connection = { socket, reader: new MessageReader('request'), unanswered: 0, inTurn: [] };
    connection.reader.keepsTracing = this.fanOut !== undefined;
    if (this.script.keepAliveTimeout > 0) {
      // A caller that waits for its answer is not idle; the answer counts as activity, which starts the time again.
      socket.setTimeout(toMillis(this.script.keepAliveTimeout), () => {
        if (connection.unanswered === 0) socket.end();
      });
    }
    socket.on('error', () => socket.destroy());
    socket.on('data', (bytes) => this.received(connection, bytes));
  }

  private received(connection: Connection, bytes: Buffer): void {
    const { socket, reader } = connection;
    let offset = 0;
    try {
      while (offset < bytes.length && !socket.destroyed) {
        offset = reader.read(bytes, offset, bytes.length);
        if (offset < 0) return;
        const { startLine, keepAlive, tracing } = reader.head;
        this.requested({ connection, head: startLine.startsWith('HEAD '), keepAlive, tracing, failure: '' });
      }
    } catch {
      socket.end('HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n', 'latin1');
    }
  }

  private requested(pending: Pending): void {
    const { connection } = pending;
    this.served += 1;
    const { reset } = this.script;
    if (reset !== undefined && this.served % reset.every === 0) {
      connection.socket.resetAndDestroy();
      return;
    }
    connection.unanswered += 1;
    if (this.fanOut === undefined) this.delayed.add(pending);
    else if (connection.inTurn.push(pending) === 1) this.callFor(pending, this.fanOut);
  }

  /** Calls end in any order, and the answers of a connection must come in that of its requests: so they take turns. */
  private callFor(pending: Pending, fanOut: FanOut): void {
    fanOut.call(pending.tracing, (failure) => {
      pending.failure = failure;
      this.delayed.add(pending);
    });
  }

  private answer(pending: Pending): void {
    const { connection, keepAlive } = pending;
    const { socket } = connection;
    if (socket.destroyed) return;
    if (this.script.work > 0) spin(this.clock, this.script.work);
    connection.unanswered -= 1;
    const { close } = this.script;
    const leave = !keepAlive || (close !== undefined && this.served % close.every === 0);
    if (leave) {
      socket.end(this.answerText(pending, leave), 'latin1');
      return;
    }
    socket.write(this.answerText(pending, leave), 'latin1');
    if (this.fanOut === undefined) return;
    connection.inTurn.shift();
    const [next] = connection.inTurn;
    if (next !== undefined) this.callFor(next, this.fanOut);
  }

  private answerText({ head, failure }: Pending, leave: boolean): string {
    if (failure !== '') return badGateway(this.script, failure, leave);
    if (head) return this.answers.head;
    return leave ? this.answers.leave : this.answers.stay;
  }
}
