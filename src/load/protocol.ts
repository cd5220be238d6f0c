import type { Outcome } from './result.ts';

/**
 * A protocol, one file each in src/load/protocols. The engine decides when a request is sent and on which connection;
 * the protocol turns it into bytes, finds the end of its answer and names the outcome.
 */
export interface Protocol<Spec> {
  readonly name: string;
  /** Made once per connection, from the scenario's words, resolved. */
  converse(spec: Spec): Conversation;
}

/** The requests and answers of one connection. */
export interface Conversation {
  /** Requests that the connection may carry at a time; above 1 answers must name their request (see {@link AnswerReader.slot}). */
  readonly concurrency: number;
  /** False where requests are not answered: each has ended well once the kernel has taken all of it. */
  readonly answered: boolean;
  readonly encoder: RequestEncoder;
  readonly reader: AnswerReader;
}

/** Writes requests of one connection. */
export interface RequestEncoder {
  /** Bytes that open the connection, sent before the first request; empty for most protocols. */
  readonly preface: string;
  /**
   * The bytes of one request: latin1 text, which Node writes without a copy of its own, or a buffer that stays as it is
   * until the request has ended.
   * `slot` is the request's place on the connection, 0 … concurrency − 1; protocols with correlation carry it.
   */
  encode(slot: number): string | Buffer;
  /** The bytes that give up one request, so that others go on; undefined where the connection has to be closed for it. */
  readonly cancel: ((slot: number) => string) | undefined;
}

/** Reads answers of one connection. Fields describe the last whole answer and are reused. */
export interface AnswerReader {
  /**
   * Reads on from `offset`. Returns the offset behind an answer that ended within these bytes, or −1 when it has not.
   * @throws Error with the reason when the bytes cannot be understood: a `protocol` outcome.
   */
  read(bytes: Buffer, offset: number, end: number): number;
  /**
   * The connection closed: true if that ends the answer under way.
   * @throws Error with the reason where it cut an answer off and the protocol can tell: a `protocol` outcome.
   */
  close(): boolean;
  /** What has to be sent for what was read: acknowledgements, what a window held back. Empty mostly, for most protocols always. */
  owed(): string;
  /** Requests that the other side takes at a time, as far as it says. */
  readonly accepts: number;
  /** False in the middle of an answer; where no request is under way, nobody asked for it. */
  readonly idle: boolean;
  /** Slot of the request that was answered, or −1 where answers come in the order of their requests. */
  readonly slot: number;
  /** `protocol` and `connection` where one request came to that and others go on. */
  readonly outcome: Exclude<Outcome, 'timeout' | 'unsent'>;
  /** What a failed answer said, for its event: a status, an exception's name. */
  readonly detail: string;
  /** False where the connection must not be used again, once what is under way has ended. */
  readonly keepAlive: boolean;
  /** Version tag of the application that answered, or empty. */
  readonly version: string;
  /** What a client sends back to stay with one version: a cookie or a header's value; empty where there is none. */
  readonly session: string;
}

/** Which requests share a session; further kinds keep a cookie per virtual user. */
export type SessionPolicy = { readonly kind: 'none' };

/**
 * Which endpoint a new connection dials: always the first, or by the connection's number in turn, so that one that is
 * replaced stays with its endpoint. Further kinds switch on an event, for fall-backs.
 */
export type EndpointPolicy = { readonly kind: 'fixed' | 'spread' };

/** Whether a late request is sent a second time; further kinds name the delay. */
export type HedgePolicy = { readonly kind: 'none' };
