import net from 'node:net';
import { readMessages } from '../../src/app/thrift-messages.ts';
import { encodeBytesField, MESSAGE, PreparedMessage, type ThriftFormat } from '../../src/wire/index.ts';
import { HOST } from './offer.ts';

/** What comes in place of a good reply, and whether the connection ends with it. */
export interface Fault {
  readonly name: string;
  /** What the load says of it. */
  readonly reason: RegExp;
  /** The bytes for a call with this sequence id; undefined where a format cannot be wronged so. */
  readonly bytes: (format: ThriftFormat, id: number) => Buffer | undefined;
  readonly ends?: boolean;
}

/** One call in so many is answered by a fault. */
export const ONE_IN = 10;

export const FAULTS: readonly Fault[] = [
  {
    name: 'a wrong sequence id',
    reason: /sequence id \d+, which no call waits for/u,
    bytes: (format, id) => replyTo(format, id + 1),
  },
  {
    name: 'another method',
    reason: /^a reply to "ohce", where "echo" was called$/u,
    bytes: (format, id) => replyTo(format, id, 'ohce'),
  },
  { name: 'a frame that ends within its message', reason: /^the frame ends within its message$/u, bytes: cutFrame },
  {
    name: 'a reply that is cut off by a close',
    reason: /^closed within a reply$/u,
    bytes: (format, id) => replyTo(format, id).subarray(0, -3),
    ends: true,
  },
  { name: 'a length of 2 GB', reason: /2147483647 bytes/u, bytes: claimTwoGigabytes },
  {
    name: 'HTTP',
    reason: /^the peer speaks HTTP$/u,
    bytes: () => Buffer.from('HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n'),
    ends: true,
  },
];

/**
 * A server on a real socket that answers `echo` well but for one call in {@link ONE_IN}, on which the faults take turns.
 * A fault that this format cannot have is left out.
 */
export async function hostileServer(format: ThriftFormat, faults: readonly Fault[]): Promise<net.Server> {
  const possible = faults.filter(({ bytes }) => bytes(format, 20_000) !== undefined);
  let calls = 0;
  const server = net.createServer({ noDelay: true }, (socket) => {
    readMessages(socket, format, ({ head }) => {
      calls += 1;
      const fault = calls % ONE_IN === 0 ? possible[(calls / ONE_IN) % possible.length] : undefined;
      const bytes = fault?.bytes(format, head.sequenceId) ?? replyTo(format, head.sequenceId);
      if (fault?.ends === true) socket.end(bytes);
      else socket.write(bytes);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  return server;
}

function replyTo(format: ThriftFormat, id: number, name = 'echo'): Buffer {
  const body = encodeBytesField(format.protocol, 0, Buffer.from('why'));
  const message = new PreparedMessage({ ...format, kind: MESSAGE.reply, name, headers: {}, body });
  message.setSequenceId(id);
  return message.bytes;
}

function cutFrame(format: ThriftFormat, id: number): Buffer | undefined {
  if (format.transport === 'unframed') return undefined;
  const cut = Buffer.from(replyTo(format, id).subarray(0, -2));
  cut.writeInt32BE(cut.length - 4);
  return cut;
}

/** Of the frame, or of the text within where there is none. */
function claimTwoGigabytes(format: ThriftFormat, id: number): Buffer {
  if (format.transport !== 'unframed') return Buffer.from('7fffffff80010002', 'hex');
  const whole = replyTo(format, id);
  const value = format.protocol === 'binary' ? { length: 4, claim: '7fffffff' } : { length: 1, claim: 'ffffffff07' };
  return Buffer.concat([whole.subarray(0, -4 - value.length), Buffer.from(value.claim, 'hex')]);
}
