import type { EventEmitter } from 'node:events';
import type { Clock } from '../../metrics/index.ts';
import type { ConnectionCounts, FailedRequest } from '../result.ts';

/** What becomes of the requests of a connection. Instants in ns on the monotonic clock. */
export interface Fates {
  sent(instant: number): void;
  succeeded(sent: number, done: number): void;
  failed(outcome: FailedRequest['outcome'], detail: string, sent: number, done: number, connection: number): void;
}

/** autocannon's timers know whole milliseconds. */
const TIMER_NS = 2e6;

/** As the open loop counts them: other answers are the outcome `status`. */
const isGood = (status: number): boolean => status >= 200 && status < 400;

/**
 * Follows one of autocannon's clients by its events, with instants of our own: `request` comes right before a request is
 * written, `response` when its answer was read. autocannon forgets a request whose connection closed or whose time was up, and
 * sends another at once: a `request` without a `response` in between is how that shows.
 */
export class Caller {
  private readonly index: number;
  private readonly timeout: number;
  private readonly clock: Clock;
  private readonly fates: Fates;
  /** When the request under way was sent; NaN where there is none. */
  private sent = Number.NaN;
  private opened = 1;
  private closedByPeer = 0;
  private refused = 0;

  constructor(client: EventEmitter, index: number, timeout: number, clock: Clock, fates: Fates) {
    this.index = index;
    this.timeout = timeout;
    this.clock = clock;
    this.fates = fates;
    client.on('request', () => this.requested());
    client.on('response', (status: number) => this.answered(status));
    client.on('connError', (error: NodeJS.ErrnoException) => this.broken(error.code ?? error.message));
  }

  get counts(): ConnectionCounts {
    const { opened, closedByPeer, refused } = this;
    return { opened, closedByPeer, refused };
  }

  private requested(): void {
    const now = this.clock();
    if (!Number.isNaN(this.sent)) this.lost(now);
    this.sent = now;
    this.fates.sent(now);
  }

  private lost(now: number): void {
    this.opened += 1;
    const late = now - this.sent >= this.timeout - TIMER_NS;
    if (!late) this.closedByPeer += 1;
    if (late) this.failed('timeout', 'no answer in time', now);
    else this.failed('connection', 'closed before the answer', now);
  }

  private answered(status: number): void {
    if (Number.isNaN(this.sent)) return;
    const { sent } = this;
    const now = this.clock();
    this.sent = Number.NaN;
    if (isGood(status)) this.fates.succeeded(sent, now);
    else this.fates.failed('status', String(status), sent, now, this.index);
  }

  private broken(reason: string): void {
    if (Number.isNaN(this.sent)) return;
    if (reason === 'ECONNREFUSED') this.refused += 1;
    else this.closedByPeer += 1;
    this.opened += 1;
    this.failed('connection', reason, this.clock());
  }

  private failed(outcome: FailedRequest['outcome'], detail: string, now: number): void {
    this.fates.failed(outcome, detail, this.sent, now, this.index);
    this.sent = Number.NaN;
  }
}
