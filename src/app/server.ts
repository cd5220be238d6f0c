import type net from 'node:net';
import { monotonicNow } from '../metrics/index.ts';
import type { AppSettings } from '../scenario/index.ts';
import { MessageReader, RECEIVE_BYTES, tcpDialer } from '../wire/index.ts';
import { type Answers, badGateway, prepareAnswers } from './answers.ts';
import type { ServiceCall } from './calls.ts';
import { FanOut } from './fan-out.ts';
import { listenOn, stopListening } from './listen.ts';
import { askOften, inRounds, practiceOf } from './practice.ts';
import { readInto } from './read-into.ts';
import { ScriptedApp } from './scripted-app.ts';
import type { Served } from './served.ts';

/** A connection from a caller. */
interface Connection {
  readonly socket: net.Socket;
  readonly reader: MessageReader;
  /** Requests that wait for their answer. */
  unanswered: number;
  /** Of an application that calls others: those requests, the first of which is under way. */
  readonly inTurn: Pending[];
}

/** One request that waits for its answer; used again for others, since the garbage collector copies what waits. */
interface Pending {
  connection: Connection;
  head: boolean;
  keepAlive: boolean;
  /** Header lines that the calls for it carry. */
  tracing: string;
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
  const app = new HttpApp(script, seed, calls);
  if (calls.length === 0) await practise(app, practiceOf(script), seed);
  await listenOn(app.server, port, address);
  return app;
}

/** What runs for the first time is compiled first, for milliseconds, which would be part of what callers measure. */
async function practise(app: HttpApp, script: AppSettings, seed: number): Promise<void> {
  const { server, answers } = app;
  await inRounds(() =>
    app.during(script, seed, async () => {
      await listenOn(server, 0, '127.0.0.1');
      app.measureFrom(monotonicNow());
      await askOften(app.port, 'GET / HTTP/1.1\r\nhost: practice\r\n\r\n', answers.stay);
      await stopListening(server);
    }),
  );
}

class HttpApp extends ScriptedApp<Pending> {
  private readonly fanOut: FanOut | undefined;
  private readonly answered: Pending[] = [];
  private readonly buffer = Buffer.allocUnsafeSlow(RECEIVE_BYTES);
  readonly answers: Answers;

  constructor(script: AppSettings, seed: number, calls: readonly ServiceCall[]) {
    super(script, seed, { pauseOnConnect: true });
    this.answers = prepareAnswers(script);
    this.fanOut = calls.length === 0 ? undefined : new FanOut(calls, tcpDialer());
  }

  override close(): Promise<void> {
    this.fanOut?.close();
    return super.close();
  }

  protected accept(accepted: net.Socket): void {
    const reader = new MessageReader('request');
    const { buffer } = this;
    const socket = readInto(buffer, accepted, (length) => this.received(connection, buffer, length));
    const connection: Connection = { socket, reader, unanswered: 0, inTurn: [] };
    reader.keepsTracing = this.fanOut !== undefined;
    this.whenIdle(
      socket,
      () => connection.unanswered === 0,
      () => socket.end(),
    );
    socket.on('error', () => socket.destroy());
  }

  private received(connection: Connection, bytes: Buffer, length: number): void {
    const { socket, reader } = connection;
    let offset = 0;
    try {
      while (offset < length && !socket.destroyed) {
        offset = reader.read(bytes, offset, length);
        if (offset < 0) break;
        const { startLine, keepAlive, tracing } = reader.head;
        this.requested(this.pendingFor(connection, startLine.startsWith('HEAD '), keepAlive, tracing));
      }
      reader.release();
    } catch {
      socket.end('HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n', 'latin1');
    }
  }

  private pendingFor(connection: Connection, head: boolean, keepAlive: boolean, tracing: string): Pending {
    const pending = this.answered.pop();
    if (pending === undefined) return { connection, head, keepAlive, tracing, failure: '' };
    pending.connection = connection;
    pending.head = head;
    pending.keepAlive = keepAlive;
    pending.tracing = tracing;
    pending.failure = '';
    return pending;
  }

  private requested(pending: Pending): void {
    const { connection } = pending;
    if (this.isReset(connection.socket)) return;
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

  protected answer(pending: Pending): void {
    const { connection } = pending;
    const { socket } = connection;
    this.answered.push(pending);
    if (socket.destroyed) return;
    this.work();
    connection.unanswered -= 1;
    const leave = !pending.keepAlive || this.leaves;
    const text = this.answerText(pending, leave);
    if (leave) socket.end(text, 'latin1');
    else socket.write(text, 'latin1');
    if (this.fanOut !== undefined && !leave) this.callForNext(connection, this.fanOut);
  }

  private callForNext({ inTurn }: Connection, fanOut: FanOut): void {
    inTurn.shift();
    const [next] = inTurn;
    if (next !== undefined) this.callFor(next, fanOut);
  }

  private answerText({ head, failure }: Pending, leave: boolean): string {
    if (failure !== '') return badGateway(this.script, failure, leave);
    if (head) return this.answers.head;
    return leave ? this.answers.leave : this.answers.stay;
  }
}
