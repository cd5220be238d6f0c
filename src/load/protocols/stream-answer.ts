import type { Outgoing } from '../../wire/index.ts';
import type { Http2Head } from './http2-head.ts';

/** A request as it is sent on a stream. */
export interface StreamRequest {
  readonly message: Outgoing;
  /** True for HEAD, whose answer has no body. */
  readonly bodyless: boolean;
}

/**
 * The answer on one stream, as HTTP itself or gRPC understands it; reused from one request to the next of a slot.
 * Whatever it is told, it throws MalformedAnswer where that cannot be understood: a `protocol` outcome of this request alone.
 */
export interface StreamAnswer {
  readonly outcome: 'ok' | 'status';
  /** What a failed answer said. */
  readonly detail: string;
  /** Version tag of the application that answered, or empty. */
  readonly version: string;
  /** A request was sent, whose answer is to come. */
  begin(request: StreamRequest): void;
  /** A head or trailers. */
  head(head: Http2Head, ends: boolean): void;
  data(bytes: Buffer, from: number, to: number): void;
  /** The stream ended in good order. */
  end(): void;
}
