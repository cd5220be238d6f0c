import { checkLength, HEADER_MAGIC, HEADER_PROTOCOL, HTTP_WORD, ThriftError, type ThriftProtocol } from './names.ts';
import { VarintReader } from './varint.ts';

/** What precedes a message where it does not say its own length. */
export interface Frame {
  /** Bytes of the frame with its length, or −1 where that is not known yet. */
  size(bytes: Buffer, start: number, end: number): number;
  /** Where the message begins in a whole frame. */
  messageAt(bytes: Buffer, start: number, end: number): number;
}

/** A length of four bytes. */
export function plainFrame(): Frame {
  return { size: frameSize, messageAt: (_bytes, start) => start + 4 };
}

/** A length, and a header that names the protocol (THeader). Keys and values are passed over. */
export function headerFrame(protocol: ThriftProtocol): Frame {
  const varint = new VarintReader();
  return {
    size: frameSize,
    messageAt: (bytes, start, end) => {
      if (end - start < 14 || bytes.readUInt16BE(start + 4) !== HEADER_MAGIC) {
        throw new ThriftError('a frame without a header');
      }
      const messageAt = start + 14 + bytes.readUInt16BE(start + 12) * 4;
      if (messageAt > end) throw new ThriftError('a header that is longer than its frame');
      varint.at = start + 14;
      const number = varint.read(bytes, messageAt);
      if (number !== HEADER_PROTOCOL[protocol]) {
        throw new ThriftError(`a header that names protocol ${number}, not ${protocol} (${HEADER_PROTOCOL[protocol]})`);
      }
      if (varint.read(bytes, messageAt) !== 0)
        throw new ThriftError('a header with transforms, which are not supported');
      return messageAt;
    },
  };
}

function frameSize(bytes: Buffer, start: number, end: number): number {
  if (end - start < 4) return -1;
  const length = bytes.readInt32BE(start);
  if (length === HTTP_WORD) throw new ThriftError('the peer speaks HTTP');
  return 4 + checkLength(length, 'a frame');
}
