import type autocannon from 'autocannon';
import { BenchError } from '../../units/index.ts';
import type { LoadPlan } from '../load-plan.ts';
import { Phases } from '../phases.ts';
import type { HttpRequest } from '../protocols/index.ts';
import type { ConnectionCounts, FailedRequest, Interval, LoadTotal, Outcome } from '../result.ts';
import type { Surroundings } from '../surroundings.ts';
import { Caller } from './caller.ts';
import { probe } from './probe.ts';

/** Ended seconds are encoded one histogram at a time, four a second: a tick must come several times as often. */
const TICK_MS = 50;
/** autocannon looks as often for its end. */
const SAMPLE_MS = 20;
/** It is stopped by us: its own end must not come before. */
const SPARE_SECONDS = 60;

/**
 * Keeps every connection busy: a request is sent as soon as the one before it has been answered. How many are answered a
 * second is what a system saturates at. Nothing is due at a time, so there is no response time: a system that stalls is
 * asked less, and what its users would have waited is in no figure (coordinated omission). Service times are recorded.
 *
 * The requests are autocannon's, the instants and histograms ours: it never paces here, and what it measures is never
 * read (test/load/autocannon.test.ts has the reasons). What is under way when the measurement ends is not counted.
 */
export class ClosedLoop {
  private readonly plan: LoadPlan;
  private readonly world: Pick<Surroundings, 'clock' | 'dial' | 'later'>;
  private readonly onInterval: (interval: Interval) => void;
  private readonly request: HttpRequest;
  private phases: Phases;
  private from = 0;
  private until = 0;
  private readonly overall: Partial<Record<Outcome, number>> & { sent: number } = { sent: 0 };
  private readonly callers: Caller[] = [];
  private over = false;
  private drive: typeof autocannon | undefined;

  /** @throws BenchError internal for a plan that is not of one HTTP request: the scenario's rules refuse it before. */
  constructor(
    plan: LoadPlan,
    world: Pick<Surroundings, 'clock' | 'dial' | 'later'>,
    onInterval: (interval: Interval) => void,
  ) {
    if (plan.request.protocol !== 'http' || plan.request.messages.length !== 1) {
      throw new BenchError('internal', 'CLOSED_LOOP', 'a closed loop sends one HTTP request over and over');
    }
    this.plan = plan;
    this.world = world;
    this.onInterval = onInterval;
    this.request = plan.request;
    this.phases = new Phases(0, plan.warmup, onInterval);
  }

  /** Asks whether the server takes connections; autocannon opens its own when it starts. @throws BenchError component. */
  async connect(): Promise<void> {
    await probe(this.world.dial, this.plan.endpoints[0]);
    // An agent of the open loop need not have it in its memory.
    this.drive = (await import('autocannon')).default;
  }

  /** Runs from `start` on the monotonic clock to the end of the measurement; {@link connect} comes before. */
  async run(start: number): Promise<LoadTotal> {
    const { drive } = this;
    if (drive === undefined) throw new BenchError('internal', 'CLOSED_LOOP', 'run before connect');
    const { warmup, duration } = this.plan;
    this.phases = new Phases(start, warmup, this.onInterval);
    this.from = start + warmup;
    this.until = this.from + duration;
    await this.sleepUntil(start);
    const ended = new Promise<void>((resolve, reject) => {
      const running = drive(this.options(), (error: Error | null) => (error === null ? resolve() : reject(error)));
      void this.tick(running);
    });
    await ended;
    const connections = this.callers.map(({ counts }) => counts).reduce(add, NONE);
    return { ...this.phases.measured.finish(), connections, overall: this.overall };
  }

  /** Ends the run early. */
  stop(): void {
    this.until = Math.min(this.until, this.world.clock());
  }

  private options(): autocannon.Options {
    const { endpoints, connections, warmup, duration, timeout } = this.plan;
    const { messages, authority } = this.request;
    const [{ address, port }] = endpoints;
    const [message] = messages;
    const body = message?.body === '' ? 'x'.repeat(message.payload) : message?.body;
    return {
      url: `http://${address}:${port}${message?.path ?? '/'}`,
      method: message?.method ?? 'GET',
      headers: { ...message?.headers, host: authority },
      ...(body === undefined || body === '' ? {} : { body }),
      connections,
      duration: (warmup + duration) / 1e9 + SPARE_SECONDS,
      timeout: timeout / 1e9,
      sampleInt: SAMPLE_MS,
      skipAggregateResult: true,
      setupClient: (client) => this.callers.push(this.follow(client)),
    };
  }

  private follow(client: autocannon.Client): Caller {
    return new Caller(client, this.callers.length, this.plan.timeout, this.world.clock, {
      sent: (instant) => {
        if (instant < this.until) this.overall.sent += 1;
      },
      succeeded: (sent, done) => {
        if (this.counts('ok', sent, done)) this.phases.of(sent).served(sent, done);
      },
      failed: (outcome, detail, sent, done, connection) => {
        if (!this.counts(outcome, sent, done)) return;
        const instants = { intended: sent, released: sent, sent, done };
        this.phases.of(sent).missed({ ...instants, outcome, detail, connection, bytes: undefined });
      },
    });
  }

  /** Whether a request belongs to the run at all; if so it is counted as asked. */
  private counts(outcome: 'ok' | FailedRequest['outcome'], sent: number, done: number): boolean {
    if (this.over || done > this.until) return false;
    this.overall[outcome] = (this.overall[outcome] ?? 0) + 1;
    this.phases.of(sent).asked();
    return true;
  }

  /** Nothing is due, so that there is always time for the chores of the recorders. */
  private async tick(running: autocannon.Instance): Promise<void> {
    while (this.world.clock() < this.until) {
      this.phases.turned(this.world.clock(), 0, Number.POSITIVE_INFINITY);
      await this.sleepUntil(Math.min(this.until, this.world.clock() + TICK_MS * 1e6));
    }
    this.over = true;
    running.stop();
  }

  private sleepUntil(instant: number): Promise<void> {
    const ms = Math.max(0, (instant - this.world.clock()) / 1e6);
    return new Promise((resolve) => this.world.later(ms, resolve));
  }
}

const NONE: ConnectionCounts = { opened: 0, closedByPeer: 0, refused: 0 };

function add(one: ConnectionCounts, other: ConnectionCounts): ConnectionCounts {
  return {
    opened: one.opened + other.opened,
    closedByPeer: one.closedByPeer + other.closedByPeer,
    refused: one.refused + other.refused,
  };
}
