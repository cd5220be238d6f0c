import { MESSAGE, readApplicationException, ThriftError, ThriftMessageReader } from '../../wire/index.ts';
import type { AnswerReader } from '../protocol.ts';
import type { SequenceIds } from './sequence-ids.ts';
import type { ThriftRequest } from './thrift-request.ts';

/** In a reply's struct: the value, where the method has one. Declared exceptions have other ids. */
const SUCCESS_FIELD = 0;

/** Reads the replies of one connection: each must name a call that waits, and be of the method that was called. */
export class ThriftAnswers implements AnswerReader {
  readonly keepAlive = true;
  readonly accepts = Number.POSITIVE_INFINITY;
  readonly version = '';
  readonly session = '';
  slot = -1;
  outcome: 'ok' | 'exception' | 'applicationException' = 'ok';
  detail = '';
  private readonly request: ThriftRequest;
  private readonly ids: SequenceIds;
  private readonly message: ThriftMessageReader;
  /** A multiplexed server may name the service in its replies, or not. */
  private readonly names: readonly Buffer[];

  constructor(request: ThriftRequest, ids: SequenceIds) {
    this.request = request;
    this.ids = ids;
    this.message = new ThriftMessageReader(request.format);
    this.names = [...new Set([request.method, request.call])].map((name) => Buffer.from(name));
  }

  read(bytes: Buffer, offset: number, end: number): number {
    const stop = this.message.read(bytes, offset, end);
    if (stop >= 0) this.understand();
    return stop;
  }

  close(): boolean {
    if (!this.message.idle) throw new ThriftError('closed within a reply');
    return false;
  }

  owed(): string {
    return '';
  }

  get idle(): boolean {
    return this.message.idle;
  }

  private understand(): void {
    const { head } = this.message;
    if (head.kind !== MESSAGE.reply && head.kind !== MESSAGE.exception) {
      throw new ThriftError(`a message of kind ${head.kind} where a reply should be`);
    }
    this.slot = this.ids.settle(head.sequenceId);
    if (this.slot < 0)
      throw new ThriftError(`${this.said()}a reply with sequence id ${head.sequenceId}, which no call waits for`);
    if (!this.names.some((name) => this.message.isNamed(name))) {
      throw new ThriftError(`${this.said()}a reply to "${this.name()}", where "${this.request.call}" was called`);
    }
    if (head.kind === MESSAGE.exception) this.fails('applicationException', this.applicationException());
    else this.result(this.message.firstField);
  }

  private result(field: number): void {
    if (field === SUCCESS_FIELD || (field < 0 && !this.request.returns)) {
      this.outcome = 'ok';
      this.detail = '';
    } else if (field < 0) this.fails('applicationException', 'the reply holds no result');
    else this.fails('exception', this.request.exceptions[field] ?? `exception ${field}`);
  }

  private fails(outcome: 'exception' | 'applicationException', detail: string): void {
    this.outcome = outcome;
    this.detail = detail;
  }

  private applicationException(): string {
    const { bytes, bodyFrom, bodyTo } = this.message;
    return readApplicationException(this.request.format.protocol, bytes.subarray(bodyFrom, bodyTo));
  }

  /** What a proxy or server says of its own, before what is wrong with how it says it. */
  private said(): string {
    return this.message.head.kind === MESSAGE.exception ? `${this.applicationException()}: ` : '';
  }

  private name(): string {
    const { bytes, head } = this.message;
    return bytes.toString('utf8', head.nameFrom, Math.min(head.nameTo, head.nameFrom + 60));
  }
}
