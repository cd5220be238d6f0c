import { type Frame, headerFrame, plainFrame } from './frame.ts';
import { MessageHead } from './message-head.ts';
import { ThriftError, type ThriftFormat } from './names.ts';
import type { StructSkipper } from './skip.ts';
import { BinarySkipper } from './skip-binary.ts';
import { CompactSkipper } from './skip-compact.ts';

/**
 * Finds messages in a stream that may be cut anywhere, and reads what tells them apart; values are passed over. Its
 * fields describe the last whole message, until the next call.
 */
export class ThriftMessageReader {
  readonly head = new MessageHead();
  /** What the offsets below point into: the caller's bytes, or a store of its own where the message came in pieces. */
  bytes: Buffer = EMPTY;
  bodyFrom = 0;
  bodyTo = 0;
  /** Bytes at `bytes` that are the message with its frame. */
  from = 0;
  to = 0;
  private readonly skipper: StructSkipper;
  private readonly format: ThriftFormat;
  private readonly frame: Frame;
  private store = EMPTY;
  private held = 0;
  /** Bytes that the message under way takes at least, as far as known. */
  private need = 0;
  /** True while the skipper is within a message that has not come whole; only without frames. */
  private skipping = false;

  constructor(format: ThriftFormat) {
    this.format = format;
    this.skipper = format.protocol === 'binary' ? new BinarySkipper() : new CompactSkipper();
    this.frame = format.transport === 'header' ? headerFrame(format.protocol) : plainFrame();
  }

  /** Id of the first field of the message's struct; −1 where it is empty. */
  get firstField(): number {
    return this.skipper.firstField;
  }

  /** True where no part of a message is waiting for its rest. */
  get idle(): boolean {
    return this.held === 0;
  }

  /**
   * Reads on from `offset`. Returns the offset behind the message that ended within these bytes, or −1.
   * @throws ThriftError when the bytes cannot be a message of this format.
   */
  read(bytes: Buffer, offset: number, end: number): number {
    if (this.held === 0) {
      const stop = this.parse(bytes, offset, end);
      if (stop < 0) this.hold(bytes, offset, end);
      return stop;
    }
    let at = offset;
    while (at < end) {
      const before = this.held;
      const until = Math.min(end, at + Math.max(1, this.need - before));
      this.hold(bytes, at, this.need === Number.POSITIVE_INFINITY ? end : until);
      const stop = this.parse(this.store, 0, this.held);
      if (stop >= 0) {
        this.held = 0;
        return at + stop - before;
      }
      at += this.held - before;
    }
    return -1;
  }

  /** Whether the message's name is this one. */
  isNamed(name: Buffer): boolean {
    const { nameFrom, nameTo } = this.head;
    if (nameTo - nameFrom !== name.length) return false;
    for (let index = 0; index < name.length; index += 1) {
      if (this.bytes[nameFrom + index] !== name[index]) return false;
    }
    return true;
  }

  private parse(bytes: Buffer, start: number, end: number): number {
    this.bytes = bytes;
    this.from = start;
    const stop =
      this.format.transport === 'unframed' ? this.unframed(bytes, start, end) : this.framed(bytes, start, end);
    if (stop >= 0) this.to = stop;
    return stop;
  }

  private framed(bytes: Buffer, start: number, end: number): number {
    const size = this.frame.size(bytes, start, end);
    this.need = size < 0 ? 4 : size;
    if (size < 0 || start + size > end) return -1;
    const stop = start + size;
    const ended = this.message(bytes, this.frame.messageAt(bytes, start, stop), stop);
    this.skipping = false;
    if (ended < 0) throw new ThriftError('the frame ends within its message');
    if (ended < stop) throw new ThriftError(`${stop - ended} bytes behind the message in its frame`);
    return stop;
  }

  private unframed(bytes: Buffer, start: number, end: number): number {
    this.need = Number.POSITIVE_INFINITY;
    return this.message(bytes, start, end);
  }

  private message(bytes: Buffer, start: number, end: number): number {
    const { head, format } = this;
    const whole =
      format.protocol === 'binary' ? head.readBinary(bytes, start, end) : head.readCompact(bytes, start, end);
    if (!whole) return -1;
    if (!this.skipping) this.skipper.begin();
    this.bodyFrom = format.protocol === 'binary' ? head.nameTo + 4 : head.nameTo;
    const stop = this.skipper.skip(bytes, this.bodyFrom, end);
    this.skipping = stop < 0;
    if (stop >= 0) this.bodyTo = stop;
    return stop;
  }

  /** Keeps bytes until the rest has come: those of the caller are valid only during its call. */
  private hold(bytes: Buffer, from: number, to: number): void {
    const size = this.held + to - from;
    if (size > this.store.length) {
      // Twice what has come, whatever length is claimed.
      const grown = Buffer.allocUnsafeSlow(Math.max(size * 2, 4096));
      this.store.copy(grown, 0, 0, this.held);
      this.store = grown;
    }
    bytes.copy(this.store, this.held, from, to);
    this.held = size;
  }
}

const EMPTY = Buffer.alloc(0);
