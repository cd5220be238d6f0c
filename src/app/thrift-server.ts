import type net from 'node:net';
import {
  MultiplexedProcessor,
  TBinaryProtocol,
  TBufferedTransport,
  TCompactProtocol,
  TFramedTransport,
  THeaderProtocol,
  type TProtocol,
  type TTransport,
} from 'thrift';
import { Processor } from '#thrift/Echo.js';
import { Refused } from '#thrift/echo_types.js';
import type { AppSettings, ThriftSettings } from '../scenario/index.ts';
import { MESSAGE, type ThriftMessageReader } from '../wire/index.ts';
import { listenOn } from './listen.ts';
import { ScriptedApp } from './scripted-app.ts';
import type { Served } from './served.ts';
import { readMessages } from './thrift-messages.ts';

/** The service's name to a multiplexed client. */
const SERVICE = 'Echo';

/**
 * The upstream application for Thrift, on Apache's library: `echo`, `fail` and `notify` of scenarios/idl/echo.thrift,
 * as the script says.
 * @throws BenchError component when the port is taken.
 */
export async function serveThrift(
  script: AppSettings,
  thrift: ThriftSettings,
  port: number,
  address: string,
  seed: number,
): Promise<Served> {
  const app = new ThriftApp(script, thrift, seed);
  await listenOn(app.server, port, address);
  return app;
}

type Reply = (error: unknown, result?: Buffer) => void;

class ThriftApp extends ScriptedApp<() => void> {
  private readonly thrift: ThriftSettings;
  private readonly processor: Processor;
  private readonly multiplexed = new MultiplexedProcessor();
  private readonly payload: Buffer;

  constructor(script: AppSettings, thrift: ThriftSettings, seed: number) {
    super(script, seed);
    this.thrift = thrift;
    this.payload = Buffer.alloc(script.payload, 'x');
    this.processor = new Processor({
      echo: (_payload: Buffer, reply: Reply) => this.delayed.add(() => reply(null, this.payload)),
      fail: (reason: string, reply: Reply) => this.delayed.add(() => reply(new Refused({ reason }))),
      notify: () => undefined,
    });
    this.multiplexed.registerProcessor(SERVICE, this.processor);
  }

  protected accept(socket: net.Socket): void {
    const waiting = { calls: 0 };
    this.whenIdle(
      socket,
      () => waiting.calls === 0,
      () => socket.end(),
    );
    readMessages(socket, this.thrift, (message) => this.called(socket, message, waiting));
  }

  /** One whole message. The library reads it again from its start: what it says is right. */
  private called(socket: net.Socket, message: ThriftMessageReader, waiting: { calls: number }): void {
    if (this.isReset(socket)) return;
    const { head, bytes, from, to } = message;
    if (head.kind === MESSAGE.call) waiting.calls += 1;
    const named = bytes.toString('latin1', head.nameFrom, head.nameTo);
    const processor = named.startsWith(`${SERVICE}:`) ? this.multiplexed : this.processor;
    const { input, output } = endsOf(this.thrift, Buffer.from(bytes.subarray(from, to)), (reply) => {
      waiting.calls -= 1;
      this.send(socket, reply);
    });
    processor.process(input, output);
  }

  protected answer(reply: () => void): void {
    reply();
  }

  private send(socket: net.Socket, reply: Buffer): void {
    if (socket.destroyed) return;
    this.work();
    if (this.leaves) socket.end(reply);
    else socket.write(reply);
  }
}

/** The library's protocols over one message and over its reply. */
function endsOf(
  { transport, protocol }: ThriftSettings,
  message: Buffer,
  flushed: (reply: Buffer) => void,
): { readonly input: TProtocol; readonly output: TProtocol } {
  const Protocol = protocol === 'binary' ? TBinaryProtocol : TCompactProtocol;
  const flush = (reply?: Buffer): void => {
    if (reply !== undefined) flushed(reply);
  };
  if (transport === 'framed') {
    const input = new TFramedTransport(message.subarray(4));
    return { input: new Protocol(input), output: new Protocol(new TFramedTransport(undefined, flush)) };
  }
  const input = buffered(message);
  if (transport === 'unframed') {
    return { input: new Protocol(input), output: new Protocol(new TBufferedTransport(undefined, flush)) };
  }
  // A reply has the header that its call had, so the library reads and writes on one transport.
  const both = new THeaderProtocol(input);
  input.onFlush = flushed;
  return { input: both, output: both };
}

function buffered(message: Buffer): TTransport {
  let made: TTransport | undefined;
  TBufferedTransport.receiver((transport) => {
    made = transport;
  }, 0)(message);
  if (made === undefined) throw new TypeError('the library made no transport');
  return made;
}
