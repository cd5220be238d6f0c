import {
  CLIENT_PREFACE,
  errorName,
  Http2Error,
  Http2Session,
  LARGEST_STREAM,
  ownSettings,
  resetStream,
  SETTING,
  type StreamHandlers,
} from '../../wire/index.ts';
import type { AnswerReader, Conversation, RequestEncoder } from '../protocol.ts';
import { Http2Head } from './http2-head.ts';
import { MalformedAnswer } from './malformed-answer.ts';
import type { StreamAnswer, StreamRequest } from './stream-answer.ts';

/** What runs on a connection's streams. */
export interface StreamsOptions {
  /** Requests that may be under way at a time. */
  readonly streams: number;
  readonly next: () => StreamRequest;
  readonly answer: () => StreamAnswer;
}

/** HTTP/2 on one connection: a stream for every request, and what came on it for {@link StreamAnswer} to understand. */
export function converseStreams(options: StreamsOptions): Conversation {
  const streams = new Streams(options);
  return { concurrency: options.streams, answered: true, encoder: streams, reader: streams };
}

class Streams implements RequestEncoder, AnswerReader, StreamHandlers {
  readonly preface: string = CLIENT_PREFACE + ownSettings([[SETTING.push, 0]]);
  /** What comes without a request is told by its stream. */
  readonly idle = true;
  readonly session = '';
  slot = -1;
  outcome: AnswerReader['outcome'] = 'ok';
  detail = '';
  version = '';
  private readonly connection = new Http2Session(this);
  private readonly nextRequest: () => StreamRequest;
  private readonly answers: readonly StreamAnswer[];
  private readonly fields = new Http2Head();
  private nextStream = 1;
  /** Slots by the streams that are under way, and the other way round. */
  private readonly slots = new Map<number, number>();
  private readonly streamOf: Int32Array;
  private leaving = false;
  /** Streams that the other side does not answer, of which nothing was told yet, and why. */
  private refused: number[] = [];
  private refusal = '';
  private resets = '';

  constructor({ streams, next, answer }: StreamsOptions) {
    this.nextRequest = next;
    this.answers = Array.from({ length: streams }, answer);
    this.streamOf = new Int32Array(streams);
  }

  /** As many as the other side takes; none where it leaves, or where a connection has no numbers left for streams. */
  get accepts(): number {
    return this.keepAlive ? this.connection.mostStreams : 0;
  }

  get keepAlive(): boolean {
    return !this.leaving && this.nextStream < LARGEST_STREAM;
  }

  encode(slot: number): string {
    const stream = this.nextStream;
    this.nextStream += 2;
    const request = this.nextRequest();
    this.slots.set(stream, slot);
    this.streamOf[slot] = stream;
    this.answers[slot]?.begin(request);
    return this.connection.outgoing.send(stream, request.message);
  }

  readonly cancel = (slot: number): string => {
    const stream = this.streamOf[slot] ?? 0;
    this.slots.delete(stream);
    this.connection.outgoing.drop(stream);
    return resetStream(stream, 'CANCEL');
  };

  read(bytes: Buffer, offset: number, end: number): number {
    if (this.refused.length > 0) return this.refuse(offset + 1);
    const stop = this.connection.read(bytes, offset, end);
    return this.refused.length > 0 ? this.refuse(stop) : stop;
  }

  owed(): string {
    const { resets } = this;
    this.resets = '';
    return resets + this.connection.owed();
  }

  close(): boolean {
    return false;
  }

  field(name: string, value: string): void {
    this.fields.add(name, value);
  }

  head(stream: number, ends: boolean): boolean {
    const answer = this.answerOn(stream);
    try {
      answer?.head(this.fields, ends);
      return ends && this.ended(stream, answer);
    } catch (error) {
      return this.malformed(stream, error);
    } finally {
      this.fields.clear();
    }
  }

  data(stream: number, bytes: Buffer, from: number, to: number, ends: boolean): boolean {
    const answer = this.answerOn(stream);
    try {
      answer?.data(bytes, from, to);
      return ends && this.ended(stream, answer);
    } catch (error) {
      return this.malformed(stream, error);
    }
  }

  reset(stream: number, error: number): boolean {
    if (this.answerOn(stream) === undefined) return false;
    this.settle(stream);
    this.tell('connection', `stream reset: ${errorName(error)}`);
    return true;
  }

  goaway(last: number, error: number): boolean {
    this.leaving = true;
    this.refusal = `not answered after GOAWAY: ${errorName(error)}`;
    this.refused = [...this.slots.keys()].filter((stream) => stream > last);
    return this.refused.length > 0;
  }

  /** A read tells of one answer: a GOAWAY's last byte is kept back until all streams that it refuses were told. */
  private refuse(stop: number): number {
    this.settle(this.refused.shift() ?? 0);
    this.tell('connection', this.refusal);
    return this.refused.length > 0 ? stop - 1 : stop;
  }

  /** Undefined for a stream that has ended or was given up, of which more may be on its way. */
  private answerOn(stream: number): StreamAnswer | undefined {
    const slot = this.slots.get(stream);
    if (slot !== undefined) return this.answers[slot];
    if (stream % 2 === 1 && stream < this.nextStream) return undefined;
    throw new Http2Error(`an answer on stream ${stream}, which no request opened`);
  }

  private ended(stream: number, answer: StreamAnswer | undefined): boolean {
    if (answer === undefined) return false;
    answer.end();
    // An early answer: the rest of the request's body is not sent any more.
    if (this.settle(stream)) this.resets += resetStream(stream, 'CANCEL');
    this.tell(answer.outcome, answer.outcome === 'ok' ? '' : answer.detail, answer.version);
    return true;
  }

  private malformed(stream: number, error: unknown): boolean {
    if (!(error instanceof MalformedAnswer)) throw error;
    this.settle(stream);
    this.resets += resetStream(stream, 'PROTOCOL_ERROR');
    this.tell('protocol', error.message);
    return true;
  }

  /** Frees a stream's slot; true where some of its body was still to be sent. */
  private settle(stream: number): boolean {
    this.slot = this.slots.get(stream) ?? -1;
    this.slots.delete(stream);
    return this.connection.outgoing.drop(stream);
  }

  private tell(outcome: AnswerReader['outcome'], detail: string, version = ''): void {
    this.outcome = outcome;
    this.detail = detail;
    this.version = version;
  }
}
