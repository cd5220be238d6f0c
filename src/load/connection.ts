import type { Link } from '../wire/index.ts';
import type { AnswerReader, Conversation, RequestEncoder } from './protocol.ts';

/** One connection and the requests under way on it, a slot each. A new socket is a new Connection. */
export class Connection {
  readonly index: number;
  readonly concurrency: number;
  readonly reader: AnswerReader;
  /** Instants by slot, ns on the monotonic clock; NaN in `sent` marks a free slot. */
  readonly intended: Float64Array;
  readonly released: Float64Array;
  readonly sent: Float64Array;
  link: Link | undefined;
  alive = false;
  busy = 0;
  /** True while it is among the free connections: it must be there once at most. */
  listed = false;
  /** False where requests end when they are written. */
  readonly answered: boolean;
  private readonly encoder: RequestEncoder;
  /** The slot that was filled longest ago is answered first where answers carry no slot. */
  private oldest = 0;
  private next = 0;

  constructor(index: number, conversation: Conversation) {
    this.index = index;
    this.concurrency = conversation.concurrency;
    this.answered = conversation.answered;
    this.encoder = conversation.encoder;
    this.reader = conversation.reader;
    this.intended = new Float64Array(this.concurrency);
    this.released = new Float64Array(this.concurrency);
    this.sent = new Float64Array(this.concurrency).fill(Number.NaN);
  }

  get hasRoom(): boolean {
    return this.busy < this.concurrency && this.busy < this.reader.accepts;
  }

  /** True where nothing is under way, and nothing may be any more. */
  get isSpent(): boolean {
    return this.busy === 0 && !this.reader.keepAlive;
  }

  isBusy(slot: number): boolean {
    return !Number.isNaN(this.sent[slot]);
  }

  open(): void {
    this.alive = true;
    if (this.encoder.preface !== '') this.link?.write(this.encoder.preface);
  }

  /** Sends a request; `written` is told its slot once the kernel has it, where it is not answered. */
  send(intended: number, released: number, now: number, written: (connection: Connection, slot: number) => void): void {
    let slot = this.next;
    while (this.isBusy(slot)) slot = (slot + 1) % this.concurrency;
    this.next = (slot + 1) % this.concurrency;
    this.intended[slot] = intended;
    this.released[slot] = released;
    this.sent[slot] = now;
    this.busy += 1;
    const request = this.encoder.encode(slot);
    if (this.answered) this.link?.write(request);
    else this.link?.write(request, () => written(this, slot));
  }

  /** Sends what the other side is owed for what it sent. */
  settle(): void {
    const owed = this.reader.owed();
    if (owed !== '') this.link?.write(owed);
  }

  /** Whether single requests can be given up. */
  get cancels(): boolean {
    return this.encoder.cancel !== undefined;
  }

  /** Gives up the request in a slot, and no other. */
  cancel(slot: number): void {
    const bytes = this.encoder.cancel?.(slot);
    if (bytes !== undefined) this.link?.write(bytes);
    this.release(slot);
  }

  /** The slot that the reader's answer belongs to, or −1 when no request waits for it. */
  answeredSlot(): number {
    const slot = this.reader.slot < 0 ? this.oldest : this.reader.slot;
    return slot < this.concurrency && this.isBusy(slot) ? slot : -1;
  }

  release(slot: number): void {
    this.sent[slot] = Number.NaN;
    this.busy -= 1;
    if (slot === this.oldest) this.oldest = (this.oldest + 1) % this.concurrency;
  }

  /** When the request that waits longest was sent; Infinity when none waits. */
  oldestSent(): number {
    if (this.busy === 0) return Number.POSITIVE_INFINITY;
    let oldest = Number.POSITIVE_INFINITY;
    for (const sent of this.sent) if (sent < oldest) oldest = sent;
    return oldest;
  }

  /** Slots of the requests that were sent by an instant. */
  sentBefore(limit: number): readonly number[] {
    return [...this.sent.keys()].filter((slot) => (this.sent[slot] ?? Number.NaN) <= limit);
  }

  destroy(): void {
    this.alive = false;
    this.link?.destroy();
  }
}
