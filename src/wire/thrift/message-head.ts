import { BINARY_VERSION, COMPACT_ID, COMPACT_VERSION, checkLength, HTTP_WORD, ThriftError } from './names.ts';
import { VarintReader } from './varint.ts';

/** The head of a message: its kind, its sequence id, where its name is, and where its struct begins. Reused. */
export class MessageHead {
  kind = 0;
  sequenceId = 0;
  nameFrom = 0;
  nameTo = 0;
  private readonly varint = new VarintReader();

  /**
   * Reads a head at `at`; true once it is whole.
   * @throws ThriftError as soon as the bytes that are there cannot be one.
   */
  readBinary(bytes: Buffer, at: number, end: number): boolean {
    if (end - at < 8) {
      if (at < end && bytes[at] !== BINARY_VERSION >> 8) throw notThrift(bytes, at, end, 'binary');
      return false;
    }
    if (bytes.readUInt16BE(at) !== BINARY_VERSION) throw notThrift(bytes, at, end, 'binary');
    this.kind = bytes[at + 3] ?? 0;
    this.nameFrom = at + 8;
    this.nameTo = this.nameFrom + checkLength(bytes.readInt32BE(at + 4), 'a name');
    if (this.nameTo + 4 > end) return false;
    this.sequenceId = bytes.readInt32BE(this.nameTo);
    return true;
  }

  /** The same of the compact protocol. */
  readCompact(bytes: Buffer, at: number, end: number): boolean {
    if (at >= end) return false;
    if (bytes[at] !== COMPACT_ID) throw notThrift(bytes, at, end, 'compact');
    if (at + 1 >= end) return false;
    const second = bytes[at + 1] ?? 0;
    if ((second & 0x1f) !== COMPACT_VERSION) throw notThrift(bytes, at, end, 'compact');
    this.kind = second >> 5;
    this.varint.at = at + 2;
    const sequenceId = this.varint.read(bytes, end);
    const length = sequenceId < 0 ? -1 : this.varint.read(bytes, end);
    if (length < 0) return false;
    this.sequenceId = sequenceId | 0;
    this.nameFrom = this.varint.at;
    this.nameTo = this.nameFrom + checkLength(length, 'a name');
    return this.nameTo <= end;
  }
}

function notThrift(bytes: Buffer, at: number, end: number, protocol: string): ThriftError {
  const http = end - at >= 4 ? bytes.readInt32BE(at) === HTTP_WORD : false;
  if (http) return new ThriftError('the peer speaks HTTP');
  return new ThriftError(
    `no ${protocol} message: it begins with 0x${bytes.toString('hex', at, Math.min(at + 4, end))}`,
  );
}
