import { FrameReader } from './frame-reader.ts';
import { frame, OWN_WINDOW, SETTINGS_ACK, windowUpdate } from './frames.ts';
import { HpackDecoder } from './hpack-decoder.ts';
import { FLAG, FRAME, Http2Error, SETTING } from './names.ts';
import { SendWindow } from './send-window.ts';

/** What a session tells of streams. Each returns true where reading should stop behind it. */
export interface StreamHandlers {
  /** Fields of the head that {@link head} ends, in their order. */
  field(name: string, value: string): void;
  /** A head or trailers are whole. */
  head(stream: number, ends: boolean): boolean;
  /** A part of a body; valid during the call. */
  data(stream: number, bytes: Buffer, from: number, to: number, ends: boolean): boolean;
  reset(stream: number, error: number): boolean;
  /** The other side answers nothing above the stream `last`. */
  goaway(last: number, error: number): boolean;
}

/** Parts of a head that come without its end; more is a flood. */
const LARGEST_BLOCK = 262_144;

/**
 * One side of a connection behind the client's preface (RFC 9113): reads frames, keeps what streams have in common
 * (settings, windows, the table of header fields) and tells of streams what came.
 */
export class Http2Session {
  readonly outgoing = new SendWindow();
  /** Streams that the other side takes at a time. One until its settings came: it might refuse the second. */
  mostStreams = 1;
  private readonly handlers: StreamHandlers;
  private readonly frames = new FrameReader();
  private readonly hpack = new HpackDecoder();
  private greeted = false;
  /** Bytes of bodies since the window was last moved on. */
  private received = 0;
  /** A head that is not whole: its parts, its stream (0 for none), and whether it ends it. */
  private block: Buffer[] = [];
  private blockStream = 0;
  private blockEnds = false;
  private reply = '';

  constructor(handlers: StreamHandlers) {
    this.handlers = handlers;
  }

  /**
   * Reads on from `offset`. Returns the offset behind a frame of which a handler said to stop, otherwise −1.
   * @throws Http2Error for what cannot be HTTP/2: the connection is of no use any more.
   */
  read(bytes: Buffer, offset: number, end: number): number {
    let at = offset;
    while (at < end) {
      at = this.frames.read(bytes, at, end);
      if (at < 0) return -1;
      if (this.take()) return at;
    }
    return -1;
  }

  /** Whether the last frame began and has not ended. */
  get idle(): boolean {
    return this.frames.idle && this.blockStream === 0;
  }

  /** What has to be sent for what came: acknowledgements, windows, and bodies that had to wait; mostly empty. */
  owed(): string {
    const { reply } = this;
    this.reply = '';
    return reply;
  }

  private take(): boolean {
    const { type, stream } = this.frames;
    if (!this.greeted) this.greet();
    if (this.blockStream > 0 && (type !== FRAME.continuation || stream !== this.blockStream)) {
      throw new Http2Error('a head that is not whole before another frame');
    }
    switch (type) {
      case FRAME.data:
        return this.data();
      case FRAME.headers:
        return this.head();
      case FRAME.continuation:
        return this.headOn();
      case FRAME.reset:
        return this.handlers.reset(this.ofStream(), this.number(0));
      case FRAME.goaway:
        return this.handlers.goaway(this.number(0) & 0x7fff_ffff, this.number(4));
      case FRAME.push:
        throw new Http2Error('a push, which nobody allowed');
      default:
        this.ofConnection();
        return false;
    }
  }

  private greet(): void {
    const { type, flags } = this.frames;
    if (type !== FRAME.settings || (flags & FLAG.ack) !== 0) throw new Http2Error('no settings before all else');
    this.greeted = true;
    this.mostStreams = Number.POSITIVE_INFINITY;
  }

  private ofConnection(): void {
    const { type, flags, stream } = this.frames;
    if (type === FRAME.settings && (flags & FLAG.ack) === 0) this.settings();
    else if (type === FRAME.ping && (flags & FLAG.ack) === 0) this.ping();
    else if (type === FRAME.window) {
      this.outgoing.widen(stream, this.number(0) & 0x7fff_ffff);
      this.reply += this.outgoing.flush();
    }
  }

  private settings(): void {
    const { bytes, from, to } = this.frames;
    if ((to - from) % 6 !== 0) throw new Http2Error('settings that are cut off');
    for (let at = from; at < to; at += 6) {
      const value = bytes.readUInt32BE(at + 2);
      switch (bytes.readUInt16BE(at)) {
        case SETTING.streams:
          this.mostStreams = value;
          break;
        case SETTING.window:
          this.outgoing.resize(value);
          break;
      }
    }
    this.reply += SETTINGS_ACK + this.outgoing.flush();
  }

  private ping(): void {
    const { bytes, from, to } = this.frames;
    this.reply += frame(FRAME.ping, FLAG.ack, 0, bytes.toString('latin1', from, to));
  }

  private data(): boolean {
    const { bytes, flags, from, to } = this.frames;
    const stream = this.ofStream();
    this.received += to - from;
    if (this.received > OWN_WINDOW / 2) {
      this.reply += windowUpdate(0, this.received);
      this.received = 0;
    }
    const padded = (flags & FLAG.padded) !== 0;
    const first = from + (padded ? 1 : 0);
    return this.handlers.data(stream, bytes, first, this.unpadded(first), (flags & FLAG.endStream) !== 0);
  }

  private head(): boolean {
    const { bytes, flags, from } = this.frames;
    const first = from + ((flags & FLAG.padded) === 0 ? 0 : 1) + ((flags & FLAG.priority) === 0 ? 0 : 5);
    const last = this.unpadded(first);
    const stream = this.ofStream();
    const ends = (flags & FLAG.endStream) !== 0;
    if ((flags & FLAG.endHeaders) !== 0) return this.decoded(stream, bytes, first, last, ends);
    this.blockStream = stream;
    this.blockEnds = ends;
    this.block = [Buffer.from(bytes.subarray(first, last))];
    return false;
  }

  private headOn(): boolean {
    const { bytes, flags, from, to } = this.frames;
    if (this.blockStream === 0) throw new Http2Error('the rest of a head that did not begin');
    this.block.push(Buffer.from(bytes.subarray(from, to)));
    const size = this.block.reduce((sum, { length }) => sum + length, 0);
    if (size > LARGEST_BLOCK || this.block.length > 64) throw new Http2Error('a head without an end');
    if ((flags & FLAG.endHeaders) === 0) return false;
    const stream = this.blockStream;
    this.blockStream = 0;
    return this.decoded(stream, Buffer.concat(this.block), 0, size, this.blockEnds);
  }

  private decoded(stream: number, bytes: Buffer, from: number, to: number, ends: boolean): boolean {
    this.hpack.decode(bytes, from, to, this.handlers);
    return this.handlers.head(stream, ends);
  }

  /** Where a payload ends before its padding. */
  private unpadded(first: number): number {
    const { bytes, flags, from, to } = this.frames;
    const padding = (flags & FLAG.padded) === 0 ? 0 : (bytes[from] ?? 0);
    if (first > to - padding) throw new Http2Error('a frame that is shorter than its padding');
    return to - padding;
  }

  private ofStream(): number {
    const { stream, type } = this.frames;
    if (stream === 0) throw new Http2Error(`a frame of kind ${type} that names no stream`);
    return stream;
  }

  /** A number of four bytes within the payload. */
  private number(at: number): number {
    const { bytes, from, to, type } = this.frames;
    if (from + at + 4 > to) throw new Http2Error(`a frame of kind ${type} that is cut off`);
    return bytes.readUInt32BE(from + at);
  }
}
