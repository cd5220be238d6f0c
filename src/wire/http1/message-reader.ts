import { isClean } from './bytes.ts';
import { chunkSize } from './chunk-size.ts';
import { FramingError } from './framing-error.ts';
import { endOfName, type Head, HeadReader } from './head.ts';
import { LineReader } from './lines.ts';

/** Bytes of a head, or of trailers, that are accepted; more is refused, as most servers do. */
export const MAX_HEAD_BYTES = 65_536;

/** Where in a message the reader stands. Up to `trailer` it reads lines, behind that bodies. */
const STATE = {
  startLine: 0,
  fields: 1,
  chunkSize: 2,
  chunkEnd: 3,
  trailer: 4,
  length: 5,
  chunkData: 6,
  untilClose: 7,
} as const;
type State = (typeof STATE)[keyof typeof STATE];

/**
 * Reads the HTTP/1.1 messages of one connection (RFC 9112): where each ends, whatever the segments it comes in. It reads
 * only what framing needs and never holds a body. Call {@link read} with every segment until it returns −1; after a
 * whole message {@link head} describes it.
 */
export class MessageReader {
  /** Set before an answer to HEAD is read: it has no body whatever its head says. */
  bodyless = false;
  private readonly kind: 'request' | 'answer';
  private readonly lines = new LineReader();
  private readonly heads: HeadReader;
  private state: State = STATE.startLine;
  /** Of the body, or of the chunk. */
  private remaining = 0;
  /** Bytes of the lines since the head, the chunk's first line or the trailers began. */
  private lineBytes = 0;

  constructor(kind: 'request' | 'answer') {
    this.kind = kind;
    this.heads = new HeadReader(kind);
  }

  get head(): Head {
    return this.heads.head;
  }

  /** Whether heads keep the lines that lead a trace on. */
  set keepsTracing(keeps: boolean) {
    this.heads.keepsTracing = keeps;
  }

  /** True between messages: a connection that closes now closes in good order. */
  get idle(): boolean {
    return this.state === STATE.startLine && this.lines.idle;
  }

  /**
   * Reads on from `offset`. Returns the offset behind the message if it ended within these bytes, otherwise −1.
   * Interim answers (1xx) are passed over.
   * @throws FramingError when the bytes are no HTTP/1.1; nothing more can be read then.
   */
  read(bytes: Buffer, offset: number, end: number): number {
    let at = offset;
    while (at < end) {
      if (this.state > STATE.trailer) {
        at = this.skip(at, end);
        if (this.state === STATE.startLine) return at;
      } else {
        at = this.nextLine(bytes, at, end);
        if (at < 0) return -1;
        if (this.takeLine()) return at;
      }
    }
    return -1;
  }

  /** The connection closed: true if that ends the message under way (a body without length). */
  close(): boolean {
    const whole = this.state === STATE.untilClose;
    this.state = STATE.startLine;
    this.lines.drop();
    this.lineBytes = 0;
    return whole;
  }

  /** Lets go of the segment that was read last: the reader of a connection that waits would keep it alive. */
  release(): void {
    this.lines.release();
  }

  private nextLine(bytes: Buffer, at: number, end: number): number {
    const next = this.lines.read(bytes, at, end);
    const stop = next < 0 ? end : next;
    this.lineBytes += stop - at;
    if (this.lineBytes <= MAX_HEAD_BYTES) return next;
    throw new FramingError(`lines of more than ${MAX_HEAD_BYTES} bytes`, bytes.subarray(at, stop));
  }

  /** True where the line ends the message. */
  private takeLine(): boolean {
    const { lines } = this;
    const empty = lines.from === lines.to;
    switch (this.state) {
      case STATE.startLine:
        // A request may follow an empty line (RFC 9112, section 2.2).
        if (empty && this.kind === 'request') return false;
        this.heads.begin(lines);
        return this.go(STATE.fields);
      case STATE.fields:
        if (empty) return this.chooseBody();
        this.heads.field(lines);
        return false;
      case STATE.chunkSize:
        this.remaining = chunkSize(lines);
        this.lineBytes = 0;
        return this.go(this.remaining === 0 ? STATE.trailer : STATE.chunkData);
      case STATE.chunkEnd:
        if (!empty || lines.bare) throw new FramingError('a chunk longer than its size', lines.line);
        return this.go(STATE.chunkSize);
      default:
        return empty ? this.finish() : this.checkTrailer();
    }
  }

  private go(state: State): false {
    this.state = state;
    return false;
  }

  private finish(): true {
    this.state = STATE.startLine;
    this.lineBytes = 0;
    return true;
  }

  private checkTrailer(): false {
    const { lines } = this;
    const colon = endOfName(lines);
    if (!isClean(lines.bytes, colon, lines.to)) throw new FramingError('a control character in a trailer', lines.line);
    return false;
  }

  /** RFC 9112, section 6.3. True where there is none. */
  private chooseBody(): boolean {
    const { head, chunked, contentLength, old } = this.heads;
    const { status } = head;
    this.lineBytes = 0;
    if (this.kind === 'answer') {
      if (status < 200) return this.passInterim(status);
      if (this.bodyless || status === 204 || status === 304) return this.finish();
    }
    if (chunked) {
      if (contentLength >= 0) throw new FramingError('both content-length and chunked');
      if (old) throw new FramingError('chunked in HTTP/1.0');
      return this.go(STATE.chunkSize);
    }
    if (contentLength === 0 || (contentLength < 0 && this.kind === 'request')) return this.finish();
    this.remaining = contentLength;
    if (contentLength > 0) return this.go(STATE.length);
    head.keepAlive = false;
    return this.go(STATE.untilClose);
  }

  private passInterim(status: number): false {
    if (status === 101) throw new FramingError('the server switched protocols');
    return this.go(STATE.startLine);
  }

  private skip(at: number, end: number): number {
    if (this.state === STATE.untilClose) return end;
    const step = Math.min(this.remaining, end - at);
    this.remaining -= step;
    if (this.remaining === 0) {
      if (this.state === STATE.length) this.finish();
      else this.state = STATE.chunkEnd;
    }
    return at + step;
  }
}
