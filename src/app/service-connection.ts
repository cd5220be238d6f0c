import { type Dial, type Link, MessageReader } from '../wire/index.ts';
import type { ServiceCall } from './calls.ts';

/** A call under way. */
export interface Call {
  /** The request as it is sent. */
  readonly request: string;
  /** The sweep of its pool before which it was made. */
  readonly since: number;
  /** Told once: empty where the answer is good, else whose call failed and why. */
  readonly ended: (failure: string) => void;
}

/** Whom a connection tells what has become of it, before its call hears. */
export interface ConnectionOwner {
  /** It can take the next call. */
  free(connection: ServiceConnection): void;
  /** It is closed; `again` is the call that must be made again, on a fresh connection. */
  gone(connection: ServiceConnection, again: Call | undefined): void;
}

/** One keep-alive connection to a service, a call at a time. */
export class ServiceConnection {
  /** The call under way. */
  call: Call | undefined;
  private readonly service: ServiceCall;
  private readonly owner: ConnectionOwner;
  private readonly link: Link;
  private readonly reader = new MessageReader('answer');
  private answeredBefore = false;

  constructor(service: ServiceCall, dial: Dial, owner: ConnectionOwner) {
    this.service = service;
    this.owner = owner;
    this.link = dial(service.endpoint, {
      opened: () => undefined,
      received: (bytes, length) => this.received(bytes, length),
      closed: (reason) => this.closed(reason === 'end' ? 'closed' : reason),
    });
  }

  send(call: Call): void {
    this.call = call;
    this.link.write(call.request);
  }

  /** Closes it; a call that is under way has failed. */
  drop(reason: string): void {
    this.link.destroy();
    this.end(`${this.service.authority} ${reason}`);
  }

  private received(bytes: Buffer, length: number): void {
    const end = this.read(bytes, length);
    if (end === undefined) this.drop('protocol');
    else if (end >= 0) this.answered(this.reader.head.keepAlive && end === length);
  }

  /** Where the answer ends in these bytes, −1 where it does not, undefined where they cannot be an answer. */
  private read(bytes: Buffer, length: number): number | undefined {
    // Nobody asked for them: what comes after is not the answer to the next call.
    if (this.call === undefined) return undefined;
    try {
      return this.reader.read(bytes, 0, length);
    } catch {
      return undefined;
    }
  }

  private answered(usable: boolean): void {
    const { status } = this.reader.head;
    const failure = status < 400 ? '' : `${this.service.authority} status ${status}`;
    if (!usable) {
      this.link.destroy();
      this.end(failure);
      return;
    }
    const { call } = this;
    this.call = undefined;
    this.answeredBefore = true;
    this.owner.free(this);
    call?.ended(failure);
  }

  /**
   * A service may close a connection that it has no request on while ours is under way to it. It has not seen that one
   * then, and clients make it again (RFC 9112, section 9.3.1): once, since a fresh connection has answered nothing before.
   */
  private closed(reason: string): void {
    const { call } = this;
    const unheard = this.answeredBefore && this.reader.idle;
    if (this.reader.close()) {
      this.answered(false);
    } else if (call !== undefined && unheard) {
      this.call = undefined;
      this.owner.gone(this, call);
    } else {
      this.end(`${this.service.authority} connection ${reason}`);
    }
  }

  private end(failure: string): void {
    const { call } = this;
    this.call = undefined;
    this.owner.gone(this, undefined);
    call?.ended(failure);
  }
}
