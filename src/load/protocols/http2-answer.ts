import type { Http2Head } from './http2-head.ts';
import { MalformedAnswer } from './malformed-answer.ts';
import type { StreamAnswer, StreamRequest } from './stream-answer.ts';

/** An answer of HTTP itself. */
export class Http2Answer implements StreamAnswer {
  version = '';
  private status = 0;
  private bodyless = false;
  /** −1 where the head names no length. */
  private expected = -1;
  private received = 0;

  begin({ bodyless }: StreamRequest): void {
    this.version = '';
    this.status = 0;
    this.bodyless = bodyless;
    this.expected = -1;
    this.received = 0;
  }

  head(head: Http2Head, ends: boolean): void {
    const trailers = this.status !== 0;
    head.check(trailers);
    if (trailers) {
      if (!ends) throw new MalformedAnswer('a second head');
      return;
    }
    // What is said before the answer itself.
    if (head.status < 200 && !ends) return;
    this.status = head.status;
    this.version = head.version;
    this.expected = this.bodyless || head.status === 204 || head.status === 304 ? -1 : head.contentLength;
  }

  data(_bytes: Buffer, from: number, to: number): void {
    if (this.status === 0) throw new MalformedAnswer('a body before its head');
    this.received += to - from;
  }

  end(): void {
    if (this.status === 0) throw new MalformedAnswer('ended without an answer');
    if (this.expected >= 0 && this.received !== this.expected) {
      throw new MalformedAnswer(`a body of ${this.received} bytes, where its head says ${this.expected}`);
    }
  }

  get outcome(): 'ok' | 'status' {
    return this.status >= 200 && this.status < 400 ? 'ok' : 'status';
  }

  get detail(): string {
    return String(this.status);
  }
}
