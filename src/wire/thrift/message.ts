import {
  BINARY_VERSION,
  COMPACT_ID,
  COMPACT_VERSION,
  HEADER_KEY_VALUES,
  HEADER_MAGIC,
  HEADER_PROTOCOL,
  type ThriftFormat,
  type ThriftProtocol,
} from './names.ts';
import { varint } from './varint.ts';

/**
 * Sequence ids that the compact protocol writes in three bytes each: a message can be encoded once and its id patched.
 * The first, and how many there are.
 */
export const FIRST_SEQUENCE_ID = 16_384;
export const SEQUENCE_IDS = 2_080_768;

/** What a message says, but for its sequence id. */
export interface MessageSpec extends ThriftFormat {
  /** One of MESSAGE. */
  readonly kind: number;
  readonly name: string;
  /** Keys and values of the header; only the header transport has one. */
  readonly headers: Readonly<Record<string, string>>;
  /** The encoded struct. */
  readonly body: Buffer;
}

/** An encoded message whose sequence id can be set again and again. */
export class PreparedMessage {
  readonly bytes: Buffer;
  private readonly spec: MessageSpec;
  private readonly idAt: number;
  private readonly headerIdAt: number;
  private readonly compact: boolean;

  constructor(spec: MessageSpec) {
    const name = Buffer.from(spec.name);
    this.spec = spec;
    this.compact = spec.protocol === 'compact';
    const start = spec.transport === 'header' ? header(spec) : EMPTY;
    const head = this.compact ? compactHead(spec.kind, name) : binaryHead(spec.kind, name);
    const message = Buffer.concat([start, head, spec.body]);
    const prefix = spec.transport === 'unframed' ? 0 : 4;
    // Of its own, and not of Node's shared pool: the socket may hold it while others are made.
    this.bytes = Buffer.allocUnsafeSlow(prefix + message.length);
    if (prefix > 0) this.bytes.writeInt32BE(message.length);
    message.copy(this.bytes, prefix);
    this.headerIdAt = spec.transport === 'header' ? 8 : -1;
    this.idAt = prefix + start.length + (this.compact ? 2 : 8 + name.length);
  }

  copy(): PreparedMessage {
    return new PreparedMessage(this.spec);
  }

  /**
   * Any i32 in the binary protocol; in the compact one it takes three bytes, whatever it is.
   * @throws RangeError where three bytes are too few
   */
  setSequenceId(id: number): void {
    if (this.compact && (id < 0 || id >= FIRST_SEQUENCE_ID + SEQUENCE_IDS)) {
      throw new RangeError(`the sequence id ${id} does not fit in three bytes`);
    }
    if (this.compact) putVarint(this.bytes, this.idAt, id);
    else putInt32(this.bytes, this.idAt, id);
    if (this.headerIdAt >= 0) putInt32(this.bytes, this.headerIdAt, id);
  }
}

const EMPTY = Buffer.alloc(0);

function binaryHead(kind: number, name: Buffer): Buffer {
  const head = Buffer.alloc(12 + name.length);
  head.writeUInt16BE(BINARY_VERSION);
  head[3] = kind;
  head.writeInt32BE(name.length, 4);
  name.copy(head, 8);
  return head;
}

/** With room for a sequence id of three bytes. */
function compactHead(kind: number, name: Buffer): Buffer {
  const id = varint(FIRST_SEQUENCE_ID);
  return Buffer.from([COMPACT_ID, (kind << 5) | COMPACT_VERSION, ...id, ...varint(name.length), ...name]);
}

/** From the magic to the padding (doc/specs/HeaderFormat.md), with no flags and no transforms. */
function header({ protocol, headers }: { protocol: ThriftProtocol; headers: MessageSpec['headers'] }): Buffer {
  const pairs = Object.entries(headers);
  const info = pairs.length === 0 ? [] : [HEADER_KEY_VALUES, ...varint(pairs.length), ...pairs.flat().flatMap(text)];
  const content = [...varint(HEADER_PROTOCOL[protocol]), 0, ...info];
  const words = Math.ceil(content.length / 4);
  const bytes = Buffer.alloc(10 + words * 4);
  bytes.writeUInt16BE(HEADER_MAGIC);
  bytes.writeUInt16BE(words, 8);
  bytes.set(content, 10);
  return bytes;
}

function text(value: string): number[] {
  const bytes = Buffer.from(value);
  return [...varint(bytes.length), ...bytes];
}

function putInt32(bytes: Buffer, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

function putVarint(bytes: Buffer, at: number, value: number): void {
  bytes[at] = value | 0x80;
  bytes[at + 1] = (value >>> 7) | 0x80;
  bytes[at + 2] = value >>> 14;
}
