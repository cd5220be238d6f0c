import { MessageReader } from '../../wire/index.ts';
import type { AnswerReader, Protocol, RequestEncoder } from '../protocol.ts';
import type { HttpRequest } from './http-request.ts';
import { type Prepared, prepareHttp } from './http-requests.ts';
import { requestsFrom } from './in-turn.ts';
import { LastAnswer } from './last-answer.ts';

/** HTTP/1.1, one request at a time on a connection. */
export const http: Protocol<HttpRequest> = {
  name: 'http',
  converse: (spec) => {
    const reader = new HttpReader();
    return { concurrency: 1, answered: true, encoder: new HttpEncoder(spec, reader), reader };
  },
};

class HttpEncoder implements RequestEncoder {
  readonly preface = '';
  readonly cancel = undefined;
  private readonly reader: HttpReader;
  private readonly next: () => Prepared;

  constructor(spec: HttpRequest, reader: HttpReader) {
    this.reader = reader;
    this.next = requestsFrom(spec, (message) => prepareHttp(message, spec.authority));
  }

  encode(): string {
    const { text, head } = this.next();
    this.reader.expect(head);
    return text;
  }
}

class HttpReader implements AnswerReader {
  readonly slot = -1;
  readonly accepts = Number.POSITIVE_INFINITY;
  readonly session = '';
  private readonly message = new MessageReader('answer');
  private readonly last = new LastAnswer();

  /** Told before the request is sent; the answer to HEAD has no body. */
  expect(head: boolean): void {
    // The same bytes are another answer then.
    if (head !== this.message.bodyless) this.last.forget();
    this.message.bodyless = head;
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

  owed(): string {
    return '';
  }

  get idle(): boolean {
    return this.message.idle;
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
