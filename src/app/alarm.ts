import { Worker } from 'node:worker_threads';
import type { Clock } from '../metrics/index.ts';

/** Indices into the memory that the alarm's thread shares. */
const NEXT_DUE = 0;
const WAKE = 0;
const NEVER = Number.POSITIVE_INFINITY;

/**
 * How early the thread tells; this thread spins for what is left, so that instants are met and not missed. The kernel
 * rounds sleeps up by its timer slack, 50 µs.
 */
const SLACK_NS = 50_000;

/**
 * What it practises before it is needed: V8 compiles the code of the alarms several times, for up to 4 ms each, after some
 * thousands of turns, which at 50 requests a second came for a minute. 0.3 s of alarms that are just too far apart to be
 * spun for bring it forward in both threads.
 */
const PRACTICE_ALARMS = 4000;
const PRACTICE_GAP_NS = 80_000;

/**
 * Calls back at instants, to about 0.1 ms. Node's own timers count whole milliseconds, and spinning would take the
 * processor from the proxy under test; so a thread sleeps in Atomics.wait, which has the kernel's resolution.
 */
export class Alarm<T> {
  private readonly clock: Clock;
  private readonly ring: (item: T) => void;
  private readonly worker: Worker;
  private readonly due = new Float64Array(new SharedArrayBuffer(8));
  private readonly wake = new Int32Array(new SharedArrayBuffer(4));
  /** A binary heap by instant. */
  private readonly heap: Entry<T>[] = [];
  private added = 0;
  private practised = 0;

  constructor(clock: Clock, ring: (item: T) => void) {
    this.clock = clock;
    this.ring = ring;
    this.due[NEXT_DUE] = NEVER;
    this.worker = new Worker(new URL('./alarm-thread.js', import.meta.url), {
      workerData: { due: this.due, wake: this.wake, slackNs: SLACK_NS },
    });
    this.worker.on('message', this.fire);
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
    this.added += 1;
    const entry = { due, order: this.added, item };
    push(this.heap, entry);
    if (this.heap[0] === entry) this.arm();
  }

  private practise(): void {
    if (this.practised === PRACTICE_ALARMS) return;
    this.practised += 1;
    this.add(this.clock() + PRACTICE_GAP_NS, undefined);
  }

  private readonly fire = (): void => {
    let next = this.next();
    while (next <= this.clock()) {
      const entry = pop(this.heap);
      if (entry?.item === undefined) this.practise();
      else this.ring(entry.item);
      next = this.next();
    }
    if (next - this.clock() < SLACK_NS) setImmediate(this.fire);
    else this.arm();
  };

  /** V8 compiles code again that has read where nothing is. */
  private next(): number {
    return this.heap.length === 0 ? NEVER : (this.heap[0]?.due ?? NEVER);
  }

  private arm(): void {
    this.due[NEXT_DUE] = this.next();
    Atomics.add(this.wake, WAKE, 1);
    Atomics.notify(this.wake, WAKE);
  }
}

interface Entry<T> {
  readonly due: number;
  /** Of those that are due at the same instant. */
  readonly order: number;
  /** Undefined of those that are practised. */
  readonly item: T | undefined;
}

function isBefore(one: Entry<unknown>, other: Entry<unknown>): boolean {
  return one.due < other.due || (one.due === other.due && one.order < other.order);
}

function push<T>(heap: Entry<T>[], entry: Entry<T>): void {
  let at = heap.length;
  heap.push(entry);
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const above = heap[parent];
    if (above === undefined || isBefore(above, entry)) break;
    heap[at] = above;
    at = parent;
  }
  heap[at] = entry;
}

function pop<T>(heap: Entry<T>[]): Entry<T> | undefined {
  const top = heap[0];
  const last = heap.pop();
  if (top === undefined || last === undefined || heap.length === 0) return top;
  let at = 0;
  while (true) {
    let child = 2 * at + 1;
    const left = heap[child];
    const right = heap[child + 1];
    if (left === undefined) break;
    if (right !== undefined && isBefore(right, left)) child += 1;
    const below = heap[child];
    if (below === undefined || isBefore(last, below)) break;
    heap[at] = below;
    at = child;
  }
  heap[at] = last;
  return top;
}
