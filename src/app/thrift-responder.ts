import net from 'node:net';
import type { AppSettings, ThriftSettings } from '../scenario/index.ts';
import { encodeBytesField, MESSAGE, PreparedMessage } from '../wire/index.ts';
import { listenOn, portOf, stopListening } from './listen.ts';
import type { Served } from './served.ts';
import { readMessages } from './thrift-messages.ts';

const NAMES = [Buffer.from('echo'), Buffer.from('Echo:echo')];

/**
 * Answers `echo` as fast as it can, for loads that a server on Apache's library cannot take: replies are encoded once.
 * Whatever else is called ends the connection.
 * @throws BenchError component when the port is taken.
 */
export async function respondThrift(
  script: AppSettings,
  thrift: ThriftSettings,
  port: number,
  address: string,
): Promise<Served> {
  const body = encodeBytesField(thrift.protocol, 0, Buffer.alloc(script.payload, 'x'));
  const spec = { ...thrift, kind: MESSAGE.reply, name: 'echo', headers: {}, body };
  const server = net.createServer({ noDelay: true }, (socket) => answerAll(socket, thrift, new PreparedMessage(spec)));
  await listenOn(server, port, address);
  return { port: portOf(server), measureFrom: () => undefined, close: () => stopListening(server) };
}

function answerAll(socket: net.Socket, thrift: ThriftSettings, reply: PreparedMessage): void {
  readMessages(socket, thrift, (message) => {
    const { kind, sequenceId } = message.head;
    if (kind !== MESSAGE.call || !NAMES.some((name) => message.isNamed(name))) socket.destroy();
    else answer(socket, reply, sequenceId);
  });
}

/** What the socket has not sent yet must not change: then a copy goes. */
function answer(socket: net.Socket, reply: PreparedMessage, sequenceId: number): void {
  const free = socket.writableLength === 0;
  if (free) {
    reply.setSequenceId(sequenceId);
    socket.write(reply.bytes);
    return;
  }
  const copy = reply.copy();
  copy.setSequenceId(sequenceId);
  socket.write(copy.bytes);
}
