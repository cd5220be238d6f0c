import { GrpcMessages, statusText } from '../../wire/index.ts';
import type { Http2Head } from './http2-head.ts';
import { MalformedAnswer } from './malformed-answer.ts';
import type { StreamAnswer } from './stream-answer.ts';

/**
 * The answer to a unary call (gRPC over HTTP/2, https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md): a head,
 * one message and trailers with its status, or one head that has the status.
 */
export class GrpcAnswer implements StreamAnswer {
  version = '';
  private status = 0;
  private grpcStatus = '';
  private grpcMessage = '';
  private readonly messages = new GrpcMessages();

  begin(): void {
    this.version = '';
    this.status = 0;
    this.grpcStatus = '';
    this.grpcMessage = '';
    this.messages.clear();
  }

  head(head: Http2Head, ends: boolean): void {
    const trailers = this.status !== 0;
    head.check(trailers);
    if (trailers && !ends) throw new MalformedAnswer('a second head');
    if (!trailers) this.first(head, ends);
    if (!ends) return;
    this.grpcStatus = head.grpcStatus;
    this.grpcMessage = head.grpcMessage;
  }

  data(bytes: Buffer, from: number, to: number): void {
    if (this.status === 0) throw new MalformedAnswer('a message before its head');
    if (this.status === 200) this.messages.read(bytes, from, to);
  }

  end(): void {
    if (this.status !== 200) return;
    if (!/^\d+$/u.test(this.grpcStatus)) throw new MalformedAnswer('ended without a grpc-status');
    const { whole, cutOff, compressed } = this.messages;
    if (cutOff) throw new MalformedAnswer('a message that is cut off');
    if (compressed) throw new MalformedAnswer('a compressed message, which was not asked for');
    if (whole > 1) throw new MalformedAnswer(`${whole} messages in answer to a unary call`);
    if (whole === 0 && this.grpcStatus === '0') throw new MalformedAnswer('no message, and status 0');
  }

  get outcome(): 'ok' | 'status' {
    return this.grpcStatus === '0' ? 'ok' : 'status';
  }

  get detail(): string {
    return this.status === 200 ? statusText(this.grpcStatus, this.grpcMessage) : `HTTP ${this.status}`;
  }

  private first(head: Http2Head, ends: boolean): void {
    // What is said before the answer itself.
    if (head.status < 200 && !ends) return;
    this.status = head.status;
    this.version = head.version;
    if (head.status === 200 && !/^application\/grpc(?:$|[+;])/u.test(head.contentType)) {
      throw new MalformedAnswer(`an answer of "${head.contentType.slice(0, 60)}", which is not gRPC`);
    }
  }
}
