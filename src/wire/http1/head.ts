import { isTracingLine } from '../tracing.ts';
import { decimal, digit, equals, isBlank, isClean, lists, skipBlanks, spells, TOKEN, trimBlanks } from './bytes.ts';
import { FramingError } from './framing-error.ts';
import type { LineReader } from './lines.ts';

const COLON = 58;
const SPACE = 32;

/** Header by which an application names its version. */
export const VERSION_HEADER = 'x-app-version';

/** Version tags that are longer are cut. */
const LONGEST_VERSION = 40;

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

/** Reads the lines of heads, one after the other. */
export class HeadReader {
  readonly head: Head = { status: 0, startLine: '', keepAlive: true, version: '', tracing: '' };
  /** Set by who calls others for a request, and must tell them its trace. */
  keepsTracing = false;
  chunked = false;
  /** −1 where the head names none. */
  contentLength = -1;
  /** True for HTTP/1.0. */
  old = false;
  private readonly kind: 'request' | 'answer';
  /** Whether a header said so: it stands, whatever others say (RFC 9112, section 9.3). */
  private closes = false;
  /** The version tag last seen: it is the same in most answers. */
  private version = '';

  constructor(kind: 'request' | 'answer') {
    this.kind = kind;
  }

  /** Takes the first line. @throws FramingError where it is none of HTTP/1. */
  begin(line: LineReader): void {
    const { head } = this;
    head.version = '';
    head.tracing = '';
    this.chunked = false;
    this.contentLength = -1;
    this.closes = false;
    if (this.kind === 'request') this.takeRequestLine(line);
    else this.takeStatusLine(line);
    head.keepAlive = !this.old;
  }

  /** Takes a header. @throws FramingError where it is none, or says what cannot be. */
  field(line: LineReader): void {
    const { bytes, from, to } = line;
    const colon = endOfName(line);
    const start = skipBlanks(bytes, colon + 1, to);
    const stop = trimBlanks(bytes, start, to);
    if (!isClean(bytes, start, stop)) throw new FramingError('a control character in a header', line.line);
    // Told by the length of the name: most headers are none of these.
    switch (colon - from) {
      case 10:
        if (spells(bytes, from, colon, 'connection')) this.takeConnection(bytes, start, stop);
        break;
      case 13:
        if (spells(bytes, from, colon, VERSION_HEADER)) this.takeVersion(bytes, start, stop);
        break;
      case 14:
        if (spells(bytes, from, colon, 'content-length')) this.takeContentLength(line, start, stop);
        break;
      case 17:
        if (spells(bytes, from, colon, 'transfer-encoding')) this.takeTransferEncoding(line, start, stop);
        break;
    }
    if (this.keepsTracing && isTracingLine(bytes, from)) {
      this.head.tracing += `${bytes.toString('latin1', from, to)}\r\n`;
    }
  }

  private takeRequestLine(line: LineReader): void {
    const text = line.line.toString('latin1');
    if (!/^[A-Z]+ [!-~]+ HTTP\/1\.[01]$/u.test(text)) throw new FramingError('not a request line', line.line);
    this.head.startLine = text;
    this.old = text.endsWith('0');
  }

  private takeStatusLine(line: LineReader): void {
    const { bytes, from, to } = line;
    const minor = digit(bytes[from + 7]);
    const status = decimal(bytes, from + 9, from + 12);
    const named = equals(bytes, from, from + 7, 'HTTP/1.') && !Number.isNaN(minor) && bytes[from + 8] === SPACE;
    const ends = to === from + 12 || (to > from + 12 && bytes[from + 12] === SPACE);
    if (!named || !ends || !(status >= 100) || !isClean(bytes, from, to)) {
      throw new FramingError('not a status line', line.line);
    }
    this.head.status = status;
    this.old = minor === 0;
  }

  private takeContentLength(line: LineReader, start: number, stop: number): void {
    const length = decimal(line.bytes, start, stop);
    if (Number.isNaN(length)) throw new FramingError('bad content-length', line.line);
    if (this.contentLength >= 0 && this.contentLength !== length) {
      throw new FramingError('two content-lengths', line.line);
    }
    this.contentLength = length;
  }

  /** No coding but this one was asked for, and each may be there once only. */
  private takeTransferEncoding(line: LineReader, start: number, stop: number): void {
    if (this.chunked || !spells(line.bytes, start, stop, 'chunked')) {
      throw new FramingError('a transfer-encoding that is not chunked alone', line.line);
    }
    this.chunked = true;
  }

  private takeConnection(bytes: Buffer, start: number, stop: number): void {
    if (lists(bytes, start, stop, 'close')) this.closes = true;
    else if (lists(bytes, start, stop, 'keep-alive')) this.head.keepAlive = true;
    if (this.closes) this.head.keepAlive = false;
  }

  private takeVersion(bytes: Buffer, start: number, stop: number): void {
    const end = Math.min(stop, start + LONGEST_VERSION);
    if (!equals(bytes, start, end, this.version)) this.version = bytes.toString('latin1', start, end);
    this.head.version = this.version;
  }
}

/** Where the name of a header or trailer ends. @throws FramingError where the line is no header (RFC 9112, section 5). */
export function endOfName(line: LineReader): number {
  const { bytes, from, to } = line;
  let colon = from;
  while (colon < to && TOKEN[bytes[colon] ?? 0] === 1) colon += 1;
  if (colon < to && colon > from && bytes[colon] === COLON) return colon;
  const what = isBlank(bytes[from]) ? 'a folded header' : 'not a header';
  throw new FramingError(what, line.line);
}
