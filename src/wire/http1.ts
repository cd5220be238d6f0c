/**
 * Framing of HTTP/1.1 messages (RFC 9112): where a message ends, whatever the segments it comes in.
 * One reader serves both directions; it reads only what framing needs and never holds a body.
 */

import { tracingLines } from './tracing.ts';

/** Bytes of a head that are accepted; more is refused, as most servers do. */
export const MAX_HEAD_BYTES = 65_536;

const CR = 13;
const LF = 10;
const COLON = 58;
const SPACE = 32;
const TAB = 9;
const SEMICOLON = 59;

/** Where in a message the reader stands. */
const STATE = {
  head: 0,
  length: 1,
  chunkSize: 2,
  chunkData: 3,
  chunkEnd: 4,
  trailer: 5,
  untilClose: 6,
} as const;
type State = (typeof STATE)[keyof typeof STATE];

/** Why a message cannot be understood; its text becomes the detail of a `protocol` outcome. */
export class FramingError extends Error {
  override readonly name = 'FramingError';
}

/** What a head says that framing and outcome need. Reused from message to message: read it before the next. */
export interface Head {
  /** Status of an answer, 0 for a request. */
  status: number;
  /** First line as text; only kept for requests, where the method matters. */
  startLine: string;
  /** False where the connection ends after this message. */
  keepAlive: boolean;
  /** Value of the version-tag header, or empty. */
  version: string;
  /** Header lines that lead a trace on, as they came, each with its line end; empty unless the reader was told to keep them. */
  tracing: string;
}

/** Header by which an application names its version. */
export const VERSION_HEADER = 'x-app-version';

/**
 * Reads messages of one connection. Call {@link read} with every segment until it returns −1.
 * After a whole message {@link head} describes it.
 */
export class MessageReader {
  readonly head: Head = { status: 0, startLine: '', keepAlive: true, version: '', tracing: '' };
  /** Set before an answer to HEAD is read: it has no body whatever its head says. */
  bodyless = false;
  /** Set by who calls others for a request, and must tell them its trace. */
  keepsTracing = false;
  private state: State = STATE.head;
  private remaining = 0;
  private carry: Buffer | undefined;
  private line = '';
  private chunked = false;
  private contentLength = -1;
  private complete = false;
  private readonly kind: 'request' | 'answer';

  constructor(kind: 'request' | 'answer') {
    this.kind = kind;
  }

  /** True between messages: a connection that closes now closes in good order. */
  get idle(): boolean {
    return this.state === STATE.head && this.carry === undefined;
  }

  /**
   * Reads on from `offset`. Returns the offset behind the message if it ended within these bytes, otherwise −1.
   * Interim answers (1xx) are passed over.
   * @throws FramingError when the bytes are no HTTP/1.1.
   */
  read(bytes: Buffer, offset: number, end: number): number {
    let at = offset;
    while (at < end || this.complete) {
      if (this.complete) return this.finish(at);
      if (this.state === STATE.head) {
        const next = this.readHead(bytes, at, end);
        if (next < 0) return -1;
        at = next;
      } else {
        at = this.readBody(bytes, at, end);
      }
    }
    return -1;
  }

  /** The connection closed: true if that ends the message under way (a body without length). */
  close(): boolean {
    const whole = this.state === STATE.untilClose;
    this.reset();
    return whole;
  }

  private reset(): void {
    this.state = STATE.head;
    this.remaining = 0;
    this.carry = undefined;
    this.line = '';
    this.complete = false;
  }

  private finish(at: number): number {
    this.reset();
    return at;
  }

  /** Returns the offset behind the head, or −1 when it is not whole yet. */
  private readHead(bytes: Buffer, at: number, end: number): number {
    if (this.carry === undefined) {
      const headEnd = findHeadEnd(bytes, at, end);
      if (headEnd < 0) {
        this.keep(bytes.subarray(at, end));
        return -1;
      }
      this.parseHead(bytes, at, headEnd);
      return headEnd;
    }
    const before = this.carry.length;
    const joined = Buffer.concat([this.carry, bytes.subarray(at, Math.min(end, at + MAX_HEAD_BYTES))]);
    const headEnd = findHeadEnd(joined, 0, joined.length);
    if (headEnd < 0) {
      this.keep(joined);
      return -1;
    }
    this.carry = undefined;
    this.parseHead(joined, 0, headEnd);
    return at + headEnd - before;
  }

  private keep(part: Buffer): void {
    if (part.length > MAX_HEAD_BYTES) throw new FramingError(`head longer than ${MAX_HEAD_BYTES} bytes`);
    this.carry = Buffer.from(part);
  }

  private parseHead(bytes: Buffer, start: number, end: number): void {
    const head = this.head;
    head.keepAlive = true;
    head.version = '';
    this.chunked = false;
    this.contentLength = -1;
    let lineEnd = bytes.indexOf(LF, start);
    this.parseStartLine(bytes, start, lineEnd);
    while (true) {
      const lineStart = lineEnd + 1;
      lineEnd = bytes.indexOf(LF, lineStart);
      if (lineEnd < 0 || lineEnd >= end) break;
      const stop = bytes[lineEnd - 1] === CR ? lineEnd - 1 : lineEnd;
      if (stop <= lineStart) break;
      this.parseHeader(bytes, lineStart, stop);
    }
    if (this.keepsTracing) head.tracing = tracingLines(bytes, start, end);
    this.chooseBody();
  }

  private parseStartLine(bytes: Buffer, start: number, lineEnd: number): void {
    if (this.kind === 'request') {
      this.head.startLine = bytes.toString('latin1', start, bytes[lineEnd - 1] === CR ? lineEnd - 1 : lineEnd);
      if (!/^[A-Z]+ [!-~]+ HTTP\/1\.[01]$/u.test(this.head.startLine)) {
        throw new FramingError(`not a request line: ${excerpt(bytes, start, lineEnd)}`);
      }
      if (this.head.startLine.endsWith('0')) this.head.keepAlive = false;
      return;
    }
    const isHttp1 =
      bytes[start] === 72 &&
      bytes[start + 1] === 84 &&
      bytes[start + 2] === 84 &&
      bytes[start + 3] === 80 &&
      bytes[start + 4] === 47 &&
      bytes[start + 5] === 49 &&
      bytes[start + 6] === 46 &&
      bytes[start + 8] === SPACE;
    const status = digit(bytes[start + 9]) * 100 + digit(bytes[start + 10]) * 10 + digit(bytes[start + 11]);
    const after = bytes[start + 12];
    const ends = after === SPACE || after === CR || after === LF;
    if (!isHttp1 || !ends || !(status >= 100)) {
      throw new FramingError(`not a status line: ${excerpt(bytes, start, lineEnd)}`);
    }
    this.head.status = status;
    if (bytes[start + 7] === 48) this.head.keepAlive = false;
  }

  /** Only headers that framing needs are looked at, told by first letter and length of the name. */
  private parseHeader(bytes: Buffer, start: number, end: number): void {
    const first = (bytes[start] ?? 0) | 32;
    if (bytes[start] === SPACE || bytes[start] === TAB) throw new FramingError('folded header');
    if (first !== 99 && first !== 116 && first !== 120) return;
    const colon = bytes.indexOf(COLON, start);
    if (colon < 0 || colon >= end) throw new FramingError(`header without a colon: ${excerpt(bytes, start, end)}`);
    const length = colon - start;
    if (length !== 10 && length !== 13 && length !== 14 && length !== 17) return;
    const name = bytes.toString('latin1', start, colon).toLowerCase();
    if (name === 'content-length') this.readContentLength(bytes.toString('latin1', colon + 1, end).trim());
    else if (name === 'transfer-encoding') this.readTransferEncoding(bytes.toString('latin1', colon + 1, end).trim());
    else if (name === 'connection') this.readConnection(bytes.toString('latin1', colon + 1, end));
    else if (name === VERSION_HEADER)
      this.head.version = bytes.toString('latin1', colon + 1, Math.min(end, colon + 40)).trim();
  }

  private readContentLength(value: string): void {
    if (!/^\d{1,15}$/u.test(value)) throw new FramingError(`bad content-length "${value.slice(0, 40)}"`);
    const length = Number(value);
    if (this.contentLength >= 0 && this.contentLength !== length) throw new FramingError('two content-lengths');
    this.contentLength = length;
  }

  private readTransferEncoding(value: string): void {
    if (value.toLowerCase() !== 'chunked') throw new FramingError(`transfer-encoding "${value.slice(0, 40)}"`);
    this.chunked = true;
  }

  private readConnection(value: string): void {
    const options = value.toLowerCase();
    if (options.includes('close')) this.head.keepAlive = false;
    else if (options.includes('keep-alive')) this.head.keepAlive = true;
  }

  /** RFC 9112, section 6.3. */
  private chooseBody(): void {
    const { status } = this.head;
    if (this.kind === 'answer' && status < 200) {
      if (status === 101) throw new FramingError('the server switched protocols');
      this.state = STATE.head;
      return;
    }
    if (this.kind === 'answer' && (this.bodyless || status === 204 || status === 304)) {
      this.complete = true;
    } else if (this.chunked) {
      if (this.contentLength >= 0) throw new FramingError('both content-length and chunked');
      this.state = STATE.chunkSize;
    } else if (this.contentLength > 0) {
      this.state = STATE.length;
      this.remaining = this.contentLength;
    } else if (this.contentLength === 0 || this.kind === 'request') {
      this.complete = true;
    } else {
      this.state = STATE.untilClose;
      this.head.keepAlive = false;
    }
  }

  private readBody(bytes: Buffer, at: number, end: number): number {
    switch (this.state) {
      case STATE.length:
      case STATE.chunkData:
        return this.skip(at, end);
      case STATE.untilClose:
        return end;
      default:
        return this.readChunkLine(bytes, at, end);
    }
  }

  private skip(at: number, end: number): number {
    const step = Math.min(this.remaining, end - at);
    this.remaining -= step;
    if (this.remaining === 0) {
      if (this.state === STATE.length) this.complete = true;
      else this.state = STATE.chunkEnd;
    }
    return at + step;
  }

  /** Chunk sizes, the line end behind a chunk, and trailers are lines, however split. */
  private readChunkLine(bytes: Buffer, at: number, end: number): number {
    const newline = bytes.indexOf(LF, at);
    const stop = newline < 0 || newline >= end ? end : newline + 1;
    this.line += bytes.toString('latin1', at, stop);
    if (this.line.length > MAX_HEAD_BYTES) throw new FramingError('chunk line too long');
    if (this.line.endsWith('\n')) {
      const line = this.line.replace(/\r?\n$/u, '');
      this.line = '';
      this.takeChunkLine(line);
    }
    return stop;
  }

  private takeChunkLine(line: string): void {
    if (this.state === STATE.chunkEnd) {
      if (line !== '') throw new FramingError('chunk longer than its size');
      this.state = STATE.chunkSize;
    } else if (this.state === STATE.trailer) {
      if (line === '') this.complete = true;
    } else {
      const semicolon = line.indexOf(String.fromCharCode(SEMICOLON));
      const size = (semicolon < 0 ? line : line.slice(0, semicolon)).trim();
      if (!/^[0-9a-fA-F]{1,12}$/u.test(size)) throw new FramingError(`bad chunk size "${size.slice(0, 40)}"`);
      this.remaining = Number.parseInt(size, 16);
      this.state = this.remaining === 0 ? STATE.trailer : STATE.chunkData;
    }
  }
}

/** Offset behind the empty line that ends a head, or −1. */
function findHeadEnd(bytes: Buffer, start: number, end: number): number {
  const found = bytes.indexOf('\r\n\r\n', start, 'latin1');
  return found >= 0 && found + 4 <= end ? found + 4 : -1;
}

function digit(byte: number | undefined): number {
  return byte !== undefined && byte >= 48 && byte <= 57 ? byte - 48 : Number.NaN;
}

function excerpt(bytes: Buffer, start: number, end: number): string {
  return JSON.stringify(bytes.toString('latin1', start, Math.min(end < 0 ? bytes.length : end, start + 60)));
}
