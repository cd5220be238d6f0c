import { openSchedule, type ScheduleCursor } from '../schedule/index.ts';
import { cannotConnect } from './cannot-connect.ts';
import { Connection } from './connection.ts';
import { failure, LATE, malformedBytes, messageOf, UNASKED, unsent } from './evidence.ts';
import { type Lane, Lanes } from './lanes.ts';
import { endpointOf, type LoadPlan } from './load-plan.ts';
import { Outages } from './outages.ts';
import { Phases } from './phases.ts';
import { converse } from './protocols/index.ts';
import type { FailedRequest, Interval, LoadTotal } from './result.ts';
import type { Surroundings } from './surroundings.ts';
import { Tally } from './tally.ts';

/** How often time-outs are looked for; they are late by this at most. */
const SWEEP_NS = 10e6;
const SECOND_NS = 1e9;

/**
 * Offers requests at their intended times, whatever the system does, and measures from those times.
 * Usage: {@link connect}, then {@link run} with the instant at which the schedule starts.
 */
export class OpenLoop implements Disposable {
  private readonly plan: LoadPlan;
  private readonly world: Surroundings;
  private readonly onInterval: (interval: Interval) => void;
  private phases: Phases;
  private readonly cursor: ScheduleCursor;
  private readonly connections: Connection[] = [];
  private readonly lanes: Lanes;
  private readonly outages: Outages;
  private start = 0;
  private nextDue = Number.POSITIVE_INFINITY;
  private inFlight = 0;
  private lastTurn = 0;
  /** How long the loop meant to sleep before this turn, ns. */
  private slept = 0;
  private nextSweep = 0;
  private readonly tally = new Tally();
  private finished: ((total: LoadTotal) => void) | undefined;
  /** How long a request may wait, for a connection and then for its answer. */
  private patience: number;

  constructor(plan: LoadPlan, world: Surroundings, onInterval: (interval: Interval) => void) {
    this.plan = plan;
    this.world = world;
    this.onInterval = onInterval;
    this.phases = new Phases(0, plan.warmup, onInterval);
    this.cursor = openSchedule(plan.schedule);
    this.patience = plan.timeout;
    this.outages = new Outages(plan.connections);
    this.lanes = new Lanes(plan);
  }

  /**
   * Opens all connections, one after the other over the time that the plan gives it.
   * @throws BenchError component when one cannot be opened.
   */
  async connect(): Promise<void> {
    const { connections, stagger } = this.plan;
    const waiting: Promise<void>[] = [];
    for (let index = 0; index < connections; index += 1) {
      const afterMs = (index * stagger) / connections / 1e6;
      const dial = (resolve: () => void, reject: (error: Error) => void): void => this.dial(index, resolve, reject);
      waiting.push(
        new Promise((...told) => (afterMs > 0 ? this.world.later(afterMs, () => dial(...told)) : dial(...told))),
      );
      // A burst larger than the listener's backlog would be answered by retransmissions a second later.
      if (stagger === 0 && index % 64 === 63) await Promise.all(waiting);
    }
    await Promise.all(waiting);
  }

  /** Runs warm-up, measurement and drain from `start` on the monotonic clock; resolves when every request has ended. */
  run(start: number): Promise<LoadTotal> {
    this.start = start;
    this.phases[Symbol.dispose]();
    this.phases = new Phases(start, this.plan.warmup, this.onInterval, this.plan.marks);
    this.nextDue = start + this.cursor.next();
    this.lastTurn = this.world.clock();
    return new Promise((resolve) => {
      this.finished = resolve;
      this.world.soon(this.turn);
    });
  }

  [Symbol.dispose](): void {
    this.phases[Symbol.dispose]();
  }

  /** Ends the run early: nothing more is released, and what is under way has a second to end. */
  stop(): void {
    this.nextDue = Number.POSITIVE_INFINITY;
    this.patience = Math.min(this.patience, SECOND_NS);
  }

  /** Bound once: a turn must not allocate a closure. */
  private readonly turn = (): void => {
    let now: number = this.world.clock();
    const gap = now - this.lastTurn - this.slept;
    this.lastTurn = now;
    for (const lane of this.lanes.all) this.drain(lane);
    now = this.releaseDue(now);
    this.phases.turned(now, gap, this.nextDue);
    if (now >= this.nextSweep) this.sweep(now);
    if (this.isOver()) this.finish();
    else if (this.world.rest === undefined) this.world.soon(this.turn);
    else this.slept = this.world.rest(this.turn, this.nextDue - now);
  };

  /** Releases what is due, and what falls due meanwhile. @returns the instant when nothing was */
  private releaseDue(from: number): number {
    let now = from;
    while (this.nextDue <= now) {
      const went = this.release(this.nextDue, now);
      this.nextDue = this.start + this.cursor.next();
      // To queue a request takes no time that a clock would show.
      if (went) now = this.world.clock();
    }
    return now;
  }

  /** True where a connection was free, so that it was written. */
  private release(intended: number, now: number): boolean {
    this.phases.of(intended).released(now - intended);
    const { free, queue } = this.lanes.next();
    const connection = queue.length > 0 ? undefined : free.take();
    if (connection === undefined) {
      queue.push(intended, now);
      return false;
    }
    this.send(connection, intended, now, now);
    free.add(connection);
    return true;
  }

  private send(connection: Connection, intended: number, released: number, now: number): void {
    this.inFlight += 1;
    this.tally.overall.sent += 1;
    this.phases.of(intended).sent(now - released);
    connection.send(intended, released, now, this.written);
  }

  /** A request that is not answered has ended. Bound once, like {@link turn}. */
  private readonly written = (connection: Connection, slot: number): void => {
    if (!connection.alive || !connection.isBusy(slot)) return;
    this.succeeded(connection, slot, this.world.clock(), '');
    connection.release(slot);
    this.inFlight -= 1;
    this.offer(connection);
  };

  /**
   * A connection may have room. The next turn sends what waits, once all answers are read: requests that leave together
   * wake the other side once. A loop that sleeps has no next turn so soon.
   */
  private offer(connection: Connection): void {
    // One that is replaced takes nothing of the queue: it has no room.
    if (connection.isSpent) this.replace(connection);
    const lane = this.lanes.of(connection.index);
    lane.free.add(connection);
    if (this.world.rest !== undefined) this.drain(lane);
  }

  /** Sends what waits in a lane on the connections that have room. It may take a millisecond, for which nothing due waits. */
  private drain({ free, queue }: Lane): void {
    while (queue.length > 0) {
      const connection = free.take();
      if (connection === undefined) return;
      const intended = queue.firstIntended();
      const released = queue.firstReleased();
      queue.shift();
      const now = this.world.clock();
      this.send(connection, intended, released, now);
      free.add(connection);
      this.releaseDue(now);
    }
  }

  private dial(index: number, ready?: () => void, failed?: (error: Error) => void, backoffMs = 1): void {
    const endpoint = endpointOf(this.plan, index);
    const connection = new Connection(index, converse(this.plan.request));
    this.connections[index] = connection;
    connection.link = this.world.dial(endpoint, {
      opened: () => {
        this.tally.opened += 1;
        this.outages.end(index, this.world.clock(), this.phases);
        connection.open();
        this.offer(connection);
        ready?.();
      },
      received: (bytes, length) => this.received(connection, bytes, length),
      closed: (reason) => {
        if (connection.alive) this.lost(connection, reason);
        else if (failed !== undefined) failed(cannotConnect(endpoint, reason));
        else this.redialLater(index, backoffMs);
      },
    });
  }

  private redialLater(index: number, backoffMs: number): void {
    this.tally.refused += 1;
    if (this.finished === undefined) return;
    this.world.later(backoffMs, () => {
      if (this.finished !== undefined) this.dial(index, undefined, undefined, Math.min(backoffMs * 2, 100));
    });
  }

  private received(connection: Connection, bytes: Buffer, length: number): void {
    const now = this.world.clock();
    let from = 0;
    try {
      while (from < length && connection.alive) {
        const next = connection.reader.read(bytes, from, length);
        if (next < 0) break;
        from = next;
        this.answered(connection, now);
      }
    } catch (error) {
      this.abandon(connection, 'protocol', messageOf(error), malformedBytes(error, bytes, from, length));
      return;
    }
    // Not before all of the segment is read: what came before a request was sent is no answer to it.
    if (!connection.alive) return;
    connection.settle();
    if (connection.busy === 0 && !connection.reader.idle) this.abandon(connection, 'protocol', UNASKED);
    else this.offer(connection);
    // Many answers may be read before the next turn, and what is due must not wait for all of them.
    this.releaseDue(now);
  }

  private answered(connection: Connection, now: number): void {
    const { reader } = connection;
    const slot = connection.answeredSlot();
    if (slot < 0) {
      this.abandon(connection, 'protocol', UNASKED);
      return;
    }
    if (reader.outcome === 'ok') {
      this.succeeded(connection, slot, now, reader.version);
    } else {
      if (reader.version !== '') this.phases.of(connection.intended[slot] ?? 0).answered(reader.version);
      this.miss(connection, slot, reader.outcome, reader.detail, now);
    }
    connection.release(slot);
    this.inFlight -= 1;
    if (connection.isSpent) this.replace(connection);
  }

  /** The other side closed, or the network failed. */
  private lost(connection: Connection, reason: string): void {
    this.tally.closedByPeer += 1;
    try {
      if (reason === 'end' && connection.busy > 0 && connection.reader.close()) {
        this.answered(connection, this.world.clock());
        if (!connection.alive) return;
      }
    } catch (error) {
      this.abandon(connection, 'protocol', messageOf(error));
      return;
    }
    this.abandon(connection, 'connection', reason === 'end' ? 'closed before the answer' : reason);
  }

  /** The connection is lost, or cannot be trusted any more: every request under way on it ends with the same outcome. */
  private abandon(connection: Connection, outcome: FailedRequest['outcome'], detail: string, bytes?: Buffer): void {
    const now = this.world.clock();
    this.tally.givenUp = detail;
    let intended: number = now;
    for (let slot = 0; slot < connection.concurrency; slot += 1) {
      if (!connection.isBusy(slot)) continue;
      intended = Math.min(intended, connection.intended[slot] ?? now);
      this.miss(connection, slot, outcome, detail, now, bytes);
      connection.release(slot);
      this.inFlight -= 1;
    }
    this.replace(connection, intended);
  }

  private succeeded(connection: Connection, slot: number, now: number, version: string): void {
    const intended = connection.intended[slot] ?? 0;
    this.tally.count('ok');
    this.phases.of(intended).succeeded(intended, connection.sent[slot] ?? 0, now, version);
    this.phases.firsts.ended(connection.index, intended, connection.sent[slot] ?? 0, now);
  }

  private miss(
    connection: Connection,
    slot: number,
    outcome: FailedRequest['outcome'],
    detail: string,
    now: number,
    bytes?: Buffer,
  ): void {
    this.tally.count(outcome);
    const missed = failure(connection, slot, outcome, detail, now, bytes);
    this.phases.missed(connection.index, missed);
  }

  /** The outage belongs to the phase of the request that it ended, if any: so there are no more of them than of lost requests. */
  private replace(connection: Connection, phase?: number): void {
    connection.destroy();
    if (this.finished === undefined || this.isOver()) return;
    this.outages.begin(connection.index, this.world.clock(), phase);
    this.dial(connection.index);
  }

  /** Time-outs of requests under way, and of those that still wait for a connection. */
  private sweep(now: number): void {
    this.nextSweep = now + SWEEP_NS;
    const limit = now - this.patience;
    for (const connection of this.connections) {
      if (connection.oldestSent() > limit) continue;
      if (connection.cancels) this.cancelLate(connection, limit, now);
      else this.abandon(connection, 'timeout', LATE);
    }
    for (const lane of this.lanes.all) this.dropQueued(lane, limit, now);
  }

  private cancelLate(connection: Connection, limit: number, now: number): void {
    for (const slot of connection.sentBefore(limit)) {
      this.miss(connection, slot, 'timeout', LATE, now);
      connection.cancel(slot);
      this.inFlight -= 1;
    }
    this.offer(connection);
  }

  private dropQueued({ queue }: Lane, limit: number, now: number): void {
    while (queue.length > 0 && queue.firstReleased() <= limit) {
      const [intended, released] = [queue.firstIntended(), queue.firstReleased()];
      queue.shift();
      this.tally.count('unsent');
      this.phases.of(intended).missed(unsent(intended, released, now, this.tally.givenUp));
    }
  }

  private isOver(): boolean {
    return this.nextDue === Number.POSITIVE_INFINITY && this.inFlight === 0 && this.lanes.idle;
  }

  private finish(): void {
    const { finished } = this;
    this.finished = undefined;
    for (const connection of this.connections) connection.destroy();
    finished?.({ ...this.phases.measured.finish(), ...this.tally.totals, firsts: this.phases.firsts.all });
  }
}
