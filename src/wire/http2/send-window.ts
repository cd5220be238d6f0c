import { frame, type Outgoing, uint32 } from './frames.ts';
import { FIRST_WINDOW, FLAG, FRAME, Http2Error, LARGEST_FRAME, LARGEST_WINDOW } from './names.ts';

interface Held {
  readonly stream: number;
  readonly message: Outgoing;
  at: number;
  window: number;
}

/** How much may be sent (RFC 9113, section 5.2), and the bodies that wait for more, in their order. */
export class SendWindow {
  private window = FIRST_WINDOW;
  private perStream = FIRST_WINDOW;
  private held: Held[] = [];

  /** True where bodies wait. */
  get waits(): boolean {
    return this.held.length > 0;
  }

  /** What of a message may be sent now. */
  send(stream: number, message: Outgoing): string {
    const size = message.body.length;
    if (size === 0 || (this.held.length === 0 && size <= this.window && size <= this.perStream)) {
      this.window -= size;
      return message.whole.join(uint32(stream));
    }
    this.held.push({ stream, message, at: 0, window: this.perStream });
    return message.opening.join(uint32(stream)) + this.flush();
  }

  /** What may be sent of the bodies that wait. */
  flush(): string {
    if (this.held.length === 0) return '';
    const sent = this.held.map((one) => this.flushOne(one)).join('');
    this.held = this.held.filter(({ at, message }) => at < message.body.length);
    return sent;
  }

  /** Forgets a body; true where some of it was still to be sent. */
  drop(stream: number): boolean {
    if (this.held.length === 0) return false;
    const before = this.held.length;
    this.held = this.held.filter((one) => one.stream !== stream);
    return this.held.length < before;
  }

  /** The other side takes so many bytes more, on a stream or (0) on all. */
  widen(stream: number, bytes: number): void {
    if (bytes === 0) throw new Http2Error('a window that is moved on by nothing');
    if (stream === 0) this.window = checked(this.window + bytes);
    else for (const one of this.held) if (one.stream === stream) one.window = checked(one.window + bytes);
  }

  /** The other side says how much it takes of each stream; it may be less than was sent already. */
  resize(perStream: number): void {
    checked(perStream);
    for (const one of this.held) one.window += perStream - this.perStream;
    this.perStream = perStream;
  }

  private flushOne(one: Held): string {
    const { body, closing } = one.message;
    let sent = '';
    while (one.at < body.length) {
      const size = Math.min(LARGEST_FRAME, body.length - one.at, this.window, one.window);
      if (size <= 0) return sent;
      const ends = one.at + size === body.length && closing.length === 0;
      sent += frame(FRAME.data, ends ? FLAG.endStream : 0, one.stream, body.slice(one.at, one.at + size));
      one.at += size;
      one.window -= size;
      this.window -= size;
    }
    return sent + closing.join(uint32(one.stream));
  }
}

function checked(window: number): number {
  if (window > LARGEST_WINDOW) throw new Http2Error(`a window of ${window} bytes`);
  return window;
}
