import type { LoadSettings } from '../scenario/index.ts';
import type { Outcome } from './result.ts';

/** What a protocol file is given to build its requests: the scenario's words, resolved. */
export interface RequestSpec {
  /** Host and port as a request names its target. */
  readonly authority: string;
  readonly method: LoadSettings['method'];
  readonly path: string;
  /** Bytes of the request body. */
  readonly payload: number;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * A protocol, one file each in src/load/protocols. The engine decides when a request is sent and on which connection;
 * the protocol turns it into bytes, finds the end of its answer and names the outcome.
 */
export interface Protocol {
  readonly name: string;
  /** Requests that one connection may carry at a time; above 1 answers must name their request (see {@link AnswerReader.slot}). */
  readonly concurrency: number;
  /** Made once per connection. */
  encoder(spec: RequestSpec): RequestEncoder;
  /** Made once per connection. */
  reader(spec: RequestSpec): AnswerReader;
}

/** Writes requests of one connection. */
export interface RequestEncoder {
  /** Bytes that open the connection, sent before the first request; empty for most protocols. */
  readonly preface: string;
  /**
   * The bytes of one request, as latin1 text, which Node writes without a copy of its own.
   * `slot` is the request's place on the connection, 0 … concurrency − 1; protocols with correlation carry it.
   */
  encode(slot: number): string;
}

/** Reads answers of one connection. Fields describe the last whole answer and are reused. */
export interface AnswerReader {
  /**
   * Reads on from `offset`. Returns the offset behind an answer that ended within these bytes, or −1 when it has not.
   * @throws Error with the reason when the bytes cannot be understood: a `protocol` outcome.
   */
  read(bytes: Buffer, offset: number, end: number): number;
  /** The connection closed: true if that ends the answer under way. */
  close(): boolean;
  /** Slot of the request that was answered, or −1 where answers come in the order of their requests. */
  readonly slot: number;
  readonly outcome: Extract<Outcome, 'ok' | 'status'>;
  /** What a failed answer said, for its event: a status, an exception's name. */
  readonly detail: string;
  /** False where the connection must not be used again. */
  readonly keepAlive: boolean;
  /** Version tag of the application that answered, or empty. */
  readonly version: string;
  /** What a client sends back to stay with one version: a cookie or a header's value; empty where there is none. */
  readonly session: string;
}

/** Which requests share a session; further kinds keep a cookie per virtual user. */
export type SessionPolicy = { readonly kind: 'none' };

/** Which endpoint a new connection dials; further kinds switch on an event, for fall-backs. */
export type EndpointPolicy = { readonly kind: 'fixed' };

/** Whether a late request is sent a second time; further kinds name the delay. */
export type HedgePolicy = { readonly kind: 'none' };
