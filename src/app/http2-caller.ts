import type net from 'node:net';
import {
  CLIENT_PREFACE,
  goaway,
  Http2Session,
  type Outgoing,
  ownSettings,
  type StreamHandlers,
} from '../wire/index.ts';

/** What of a request decides its answer. */
export interface Asked {
  method: string;
  path: string;
}

/** A request that waits for its answer. */
export interface Http2Pending {
  readonly caller: Http2Caller;
  readonly stream: number;
  readonly asked: Asked;
}

/** A connection from a caller over HTTP/2, and its streams. */
export class Http2Caller implements StreamHandlers {
  readonly socket: net.Socket;
  private readonly requested: (pending: Http2Pending) => void;
  private readonly session = new Http2Session(this);
  /** Bytes of the preface that came. */
  private opened = 0;
  private asked: Asked = { method: '', path: '' };
  /** Streams whose requests are not whole, and those that wait for their answers. */
  private readonly arriving = new Map<number, Asked>();
  private readonly waiting = new Set<number>();
  private lastStream = 0;
  private leaving = false;

  constructor(socket: net.Socket, requested: (pending: Http2Pending) => void) {
    this.socket = socket;
    this.requested = requested;
    socket.on('error', () => socket.destroy());
    socket.on('data', (bytes) => this.received(bytes));
    socket.write(ownSettings(), 'latin1');
  }

  /** True where no request waits for its answer. */
  get isIdle(): boolean {
    return this.waiting.size === 0 && !this.session.outgoing.waits;
  }

  /** Answers a request, unless its caller gave it up. */
  answer(stream: number, message: Outgoing): void {
    if (this.socket.destroyed || !this.waiting.delete(stream)) return;
    this.socket.write(this.session.outgoing.send(stream, message), 'latin1');
    this.endWhereDone();
  }

  /** Takes no further request, and ends once those that wait are answered. */
  leave(): void {
    if (this.leaving || this.socket.destroyed) return;
    this.leaving = true;
    this.socket.write(goaway(this.lastStream, 'NO_ERROR'), 'latin1');
    this.endWhereDone();
  }

  field(name: string, value: string): void {
    if (name === ':method') this.asked.method = value;
    else if (name === ':path') this.asked.path = value;
  }

  head(stream: number, ends: boolean): boolean {
    const { asked } = this;
    this.asked = { method: '', path: '' };
    const arriving = this.arriving.get(stream);
    if (arriving !== undefined) return ends && this.whole(stream, arriving);
    if (this.leaving || stream <= this.lastStream) return false;
    this.lastStream = stream;
    if (ends) return this.whole(stream, asked);
    this.arriving.set(stream, asked);
    return false;
  }

  data(stream: number, _bytes: Buffer, _from: number, _to: number, ends: boolean): boolean {
    const arriving = this.arriving.get(stream);
    return ends && arriving !== undefined && this.whole(stream, arriving);
  }

  reset(stream: number): boolean {
    this.arriving.delete(stream);
    this.waiting.delete(stream);
    this.session.outgoing.drop(stream);
    return false;
  }

  goaway(): boolean {
    return false;
  }

  private whole(stream: number, asked: Asked): boolean {
    this.arriving.delete(stream);
    this.waiting.add(stream);
    this.requested({ caller: this, stream, asked });
    // The connection may be gone by now.
    return this.socket.destroyed;
  }

  private received(bytes: Buffer): void {
    try {
      const from = this.open(bytes);
      if (from < 0) this.socket.destroy();
      else this.session.read(bytes, from, bytes.length);
    } catch {
      this.socket.end(goaway(this.lastStream, 'PROTOCOL_ERROR'), 'latin1');
      return;
    }
    if (this.socket.destroyed) return;
    const owed = this.session.owed();
    if (owed !== '') this.socket.write(owed, 'latin1');
    this.endWhereDone();
  }

  /** Where the preface ends in these bytes; −1 where they are none of it. */
  private open(bytes: Buffer): number {
    const length = Math.min(CLIENT_PREFACE.length - this.opened, bytes.length);
    const expected = CLIENT_PREFACE.slice(this.opened, this.opened + length);
    if (bytes.toString('latin1', 0, length) !== expected) return -1;
    this.opened += length;
    return length;
  }

  private endWhereDone(): void {
    if (this.leaving && this.isIdle) this.socket.end();
  }
}
