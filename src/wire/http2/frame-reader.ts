import { Http2Error, LARGEST_FRAME } from './names.ts';

const HEAD = 9;

/**
 * Reads the frames of one connection whole, whatever segments they come in. Fields describe the last one and are reused;
 * its bytes are valid until the next is read.
 */
export class FrameReader {
  type = 0;
  flags = 0;
  stream = 0;
  /** Where the payload lies. */
  bytes: Buffer;
  from = 0;
  to = 0;
  /** A frame that began in an earlier segment. */
  private readonly held = Buffer.allocUnsafeSlow(HEAD + LARGEST_FRAME);
  private filled = 0;

  constructor() {
    this.bytes = this.held;
  }

  /** False within a frame. */
  get idle(): boolean {
    return this.filled === 0;
  }

  /**
   * Reads on from `offset`. Returns the offset behind a frame that ended within these bytes, or −1 when it has not.
   * @throws Http2Error for a frame that is longer than we take.
   */
  read(bytes: Buffer, offset: number, end: number): number {
    if (this.filled > 0) return this.readOn(bytes, offset, end);
    if (end - offset >= HEAD) {
      const stop = offset + HEAD + sizeAt(bytes, offset);
      if (stop <= end) {
        this.describe(bytes, offset, stop);
        return stop;
      }
    }
    this.filled = bytes.copy(this.held, 0, offset, end);
    return -1;
  }

  private readOn(bytes: Buffer, offset: number, end: number): number {
    let at = this.fill(HEAD, bytes, offset, end);
    if (this.filled < HEAD) return -1;
    const size = HEAD + sizeAt(this.held, 0);
    at = this.fill(size, bytes, at, end);
    if (this.filled < size) return -1;
    this.filled = 0;
    this.describe(this.held, 0, size);
    return at;
  }

  /** Fills what is held up to a size; returns where it stopped. */
  private fill(size: number, bytes: Buffer, offset: number, end: number): number {
    const take = Math.min(Math.max(0, size - this.filled), end - offset);
    bytes.copy(this.held, this.filled, offset, offset + take);
    this.filled += take;
    return offset + take;
  }

  private describe(bytes: Buffer, start: number, stop: number): void {
    this.bytes = bytes;
    this.type = bytes[start + 3] ?? 0;
    this.flags = bytes[start + 4] ?? 0;
    this.stream = bytes.readUInt32BE(start + 5) & 0x7fff_ffff;
    this.from = start + HEAD;
    this.to = stop;
  }
}

/** What HTTP/1 begins its answers with, as a frame's length. */
const HTT = 0x48_54_54;

function sizeAt(bytes: Buffer, at: number): number {
  const size = bytes.readUIntBE(at, 3);
  if (size === HTT) throw new Http2Error('the other side speaks HTTP/1');
  if (size > LARGEST_FRAME) throw new Http2Error(`a frame of ${size} bytes, where ${LARGEST_FRAME} are the most`);
  return size;
}
