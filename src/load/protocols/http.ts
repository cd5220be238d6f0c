import type { LoadSettings } from '../../scenario/index.ts';
import { MessageReader } from '../../wire/index.ts';
import type { AnswerReader, Protocol, RequestEncoder } from '../protocol.ts';
import { LastAnswer } from './last-answer.ts';

/** What an HTTP request is made of. */
export interface HttpRequest {
  readonly protocol: 'http';
  /** Host and port as a request names its target. */
  readonly authority: string;
  readonly method: LoadSettings['method'];
  readonly path: string;
  /** Bytes of the request body. */
  readonly payload: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** HTTP/1.1, one request at a time on a connection. */
export const http: Protocol<HttpRequest> = {
  name: 'http',
  converse: (spec) => ({
    concurrency: 1,
    answered: true,
    encoder: new HttpEncoder(spec),
    reader: new HttpReader(spec.method === 'HEAD'),
  }),
};

class HttpEncoder implements RequestEncoder {
  readonly preface = '';
  private readonly request: string;

  constructor(spec: HttpRequest) {
    this.request = requestText(spec);
  }

  encode(): string {
    return this.request;
  }
}

/** Large bodies are written once, not once per connection. */
const texts = new WeakMap<HttpRequest, string>();

function requestText(spec: HttpRequest): string {
  const known = texts.get(spec);
  if (known !== undefined) return known;
  const lines = Object.entries({ host: spec.authority, ...spec.headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  const hasBody = spec.payload > 0 || spec.method === 'POST' || spec.method === 'PUT';
  if (hasBody) lines.push(`content-length: ${spec.payload}\r\n`);
  const text = `${spec.method} ${spec.path} HTTP/1.1\r\n${lines.join('')}\r\n${'x'.repeat(spec.payload)}`;
  texts.set(spec, text);
  return text;
}

class HttpReader implements AnswerReader {
  readonly slot = -1;
  readonly session = '';
  private readonly message = new MessageReader('answer');
  private readonly last = new LastAnswer();

  constructor(bodyless: boolean) {
    this.message.bodyless = bodyless;
  }

  read(bytes: Buffer, offset: number, end: number): number {
    if (!this.message.idle) return this.readOn(bytes, offset, end);
    const repeated = this.last.endOfRepeated(bytes, offset, end);
    if (repeated >= 0) return repeated;
    const stop = this.message.read(bytes, offset, end);
    if (stop >= 0) this.last.keep(bytes, offset, stop);
    else this.last.forget();
    return stop;
  }

  /** What was begun in an earlier segment describes the last answer from now on, and its bytes are not at hand. */
  private readOn(bytes: Buffer, offset: number, end: number): number {
    this.last.forget();
    return this.message.read(bytes, offset, end);
  }

  close(): boolean {
    return this.message.close();
  }

  get outcome(): 'ok' | 'status' {
    const { status } = this.message.head;
    return status >= 200 && status < 400 ? 'ok' : 'status';
  }

  get detail(): string {
    return String(this.message.head.status);
  }

  get keepAlive(): boolean {
    return this.message.head.keepAlive;
  }

  get version(): string {
    return this.message.head.version;
  }
}
