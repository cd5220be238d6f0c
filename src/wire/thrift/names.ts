/** How messages are cut: by a length before each, by their own end, or by a length and a header with keys and values (THeader). */
export type ThriftTransport = 'framed' | 'unframed' | 'header';

/** How values are written. */
export type ThriftProtocol = 'binary' | 'compact';

/** Kinds of messages (Apache Thrift, doc/specs/thrift-rpc.md). */
export const MESSAGE = { call: 1, reply: 2, exception: 3, oneway: 4 } as const;

/** Both ends of a connection must know these beforehand. */
export interface ThriftFormat {
  readonly transport: ThriftTransport;
  readonly protocol: ThriftProtocol;
}

/** First word of a binary message, above its kind. */
export const BINARY_VERSION = 0x8001;
export const COMPACT_ID = 0x82;
export const COMPACT_VERSION = 1;
/** First half word of a frame with a header (doc/specs/HeaderFormat.md). */
export const HEADER_MAGIC = 0x0fff;
/** Number of each protocol in a header. */
export const HEADER_PROTOCOL = { binary: 0, compact: 2 } as const;
/** The only kind of information that a header has here: keys and values. */
export const HEADER_KEY_VALUES = 1;

/** Twice what Apache's servers take by default; a larger frame is refused before memory is given to it. */
export const MAX_MESSAGE_BYTES = 33_554_432;

/** The reason that bytes are no Thrift message of this format. */
export class ThriftError extends Error {
  override readonly name = 'ThriftError';
}

/** `HTTP` as the first word of an answer. */
export const HTTP_WORD = 0x48545450;

/** @throws ThriftError where a length that the other side names cannot be meant. */
export function checkLength(length: number, what: string): number {
  if (length < 0) throw new ThriftError(`${what} of ${length} bytes`);
  if (length > MAX_MESSAGE_BYTES) {
    throw new ThriftError(`${what} of ${length} bytes, above the limit of ${MAX_MESSAGE_BYTES}`);
  }
  return length;
}
