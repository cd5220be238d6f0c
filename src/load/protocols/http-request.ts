import type { Message } from '../../scenario/index.ts';

/** What an HTTP load sends. */
export interface HttpRequest {
  readonly protocol: 'http';
  /** Host and port as a request names its target. */
  readonly authority: string;
  /** One at least; chosen by weight. */
  readonly messages: readonly WeightedMessage[];
  /** Of the order in which they are sent. */
  readonly seed: number;
}

/** A request, and how often it is sent in comparison with the others. */
export interface WeightedMessage extends Message {
  readonly weight: number;
}
