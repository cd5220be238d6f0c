import { Worker } from 'node:worker_threads';
import type { Clock } from '../metrics/index.ts';

/** Indices into the memory that the alarm's thread shares. */
const NEXT_DUE = 0;
const WAKE = 0;
const NEVER = Number.POSITIVE_INFINITY;

/**
 * How early the thread tells; this one sleeps for what is left itself, so that instants are met and not missed: to tell takes
 * a while, and where it is not under SCHED_RR the kernel rounds sleeps up by a timer slack of 50 µs.
 */
const SLACK_NS = 50_000;

/**
 * For alarms that are closer together this thread naps, since to wake the other and to be told takes a processor as long as
 * several naps. They are no longer than the slack, since who naps reads nothing.
 */
const DENSE_NS = 200_000;

/**
 * What it practises before it is needed: V8 compiles the code of the alarms several times, for up to 4 ms each, after some
 * thousands of turns, which at 50 requests a second came for a minute. A second of alarms that are just too far apart for
 * the main thread to nap bring it forward in both.
 */
const PRACTICE_ALARMS = 4000;
const PRACTICE_GAP_NS = 230_000;

/**
 * Calls back at instants, to about 0.1 ms. Node's own timers count whole milliseconds, and spinning would take the
 * processor from the proxy under test; so a thread sleeps in Atomics.wait, which has the kernel's resolution.
 */
export class Alarm<T> {
  private readonly clock: Clock;
  private readonly ring: (item: T) => void;
  private readonly worker: Worker;
  private readonly due = new Float64Array(new SharedArrayBuffer(8));
  /** Which nobody wakes. */
  private readonly nap = new Int32Array(new SharedArrayBuffer(4));
  private readonly wake = new Int32Array(new SharedArrayBuffer(4));
  private readonly heap = new Heap<T>();
  private practised = 0;

  constructor(clock: Clock, ring: (item: T) => void) {
    this.clock = clock;
    this.ring = ring;
    this.due[NEXT_DUE] = NEVER;
    this.worker = new Worker(new URL('./alarm-thread.js', import.meta.url), {
      workerData: { due: this.due, wake: this.wake, slackNs: SLACK_NS },
    });
    this.worker.on('message', this.told);
    this.practise();
  }

  /**
   * Rings with `item` at `due` on the monotonic clock, or as soon as possible after. What is due at the same instant rings
   * in the order in which it was set.
   */
  set(due: number, item: T): void {
    this.add(due, item);
  }

  close(): void {
    void this.worker.terminate();
  }

  private add(due: number, item: T | undefined): void {
    if (this.heap.push(due, item)) this.arm();
  }

  private practise(): void {
    if (this.practised === PRACTICE_ALARMS) return;
    this.practised += 1;
    this.add(this.clock() + PRACTICE_GAP_NS, undefined);
  }

  /** The thread has told: for the first alarm this one spins, since a processor that has just slept may be late again. */
  private readonly told = (): void => {
    const { firstDue } = this.heap;
    if (firstDue - this.clock() < SLACK_NS) while (this.clock() < firstDue);
    this.fire();
  };

  /**
   * Rings what is due, and again what is due soon: for that this thread naps itself. It would take its processor from
   * everybody else if it spun, which the kernel makes up for with milliseconds in which it may not run; and each turn of
   * Node's loop leaves garbage.
   */
  private readonly fire = (): void => {
    while (this.heap.firstDue <= this.clock()) this.ringFirst();
    const wait = this.heap.firstDue - this.clock();
    if (wait >= DENSE_NS) this.arm();
    else {
      if (wait > 0) Atomics.wait(this.nap, 0, 0, Math.min(wait, SLACK_NS) / 1e6);
      setImmediate(this.fire);
    }
  };

  private ringFirst(): void {
    const item = this.heap.pop();
    if (item === undefined) this.practise();
    else this.ring(item);
  }

  private arm(): void {
    this.due[NEXT_DUE] = this.heap.firstDue;
    Atomics.add(this.wake, WAKE, 1);
    Atomics.notify(this.wake, WAKE);
  }
}

/**
 * A binary heap by instant, and of those that are due at the same one by the order in which they came. Its arrays are kept,
 * and objects for its entries would be copied by the garbage collector while they wait.
 */
class Heap<T> {
  private readonly dues: number[] = [];
  private readonly orders: number[] = [];
  private readonly items: (T | undefined)[] = [];
  private added = 0;
  private size = 0;

  /** When the first is due; never where there is none. */
  get firstDue(): number {
    // V8 compiles code again that has read where nothing is.
    return this.size === 0 ? NEVER : (this.dues[0] ?? NEVER);
  }

  /** True where it became the first. */
  push(due: number, item: T | undefined): boolean {
    const order = this.added;
    this.added += 1;
    let at = this.size;
    this.size += 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.isAfter(parent, due, order)) break;
      this.move(parent, at);
      at = parent;
    }
    this.put(at, due, order, item);
    return at === 0;
  }

  /** Takes the first one out. */
  pop(): T | undefined {
    const first = this.items[0];
    this.size -= 1;
    const last = this.size;
    const due = this.dues[last] ?? NEVER;
    const order = this.orders[last] ?? 0;
    const item = this.items[last];
    let at = 0;
    for (let child = 1; child < last; child = 2 * at + 1) {
      const right = child + 1;
      if (right < last && this.isAfter(child, this.dues[right] ?? NEVER, this.orders[right] ?? 0)) child = right;
      if (this.isAfter(child, due, order)) break;
      this.move(child, at);
      at = child;
    }
    this.put(at, due, order, item);
    this.items[last] = undefined;
    return first;
  }

  /** Whether the one at this place comes after one like that. */
  private isAfter(at: number, due: number, order: number): boolean {
    const own = this.dues[at] ?? NEVER;
    return own > due || (own === due && (this.orders[at] ?? 0) > order);
  }

  private move(from: number, to: number): void {
    this.put(to, this.dues[from] ?? NEVER, this.orders[from] ?? 0, this.items[from]);
  }

  private put(at: number, due: number, order: number, item: T | undefined): void {
    this.dues[at] = due;
    this.orders[at] = order;
    this.items[at] = item;
  }
}
