import { Histogram } from '../metrics/index.ts';
import { Firsts, type Marks } from './firsts.ts';
import { type Missed, Recorder } from './recorder.ts';
import type { Interval } from './result.ts';

const SECOND_NS = 1e9;
/** Short, so that ending and encoding an interval is practised often enough in the warm-up. */
const REHEARSAL_NS = 50e6;

/**
 * Which recorder a request belongs to, by the instant at which it was intended. The warm-up is recorded like the
 * measurement, into recorders that are thrown away, and a border like that between them is crossed in its middle: what
 * runs for the first time in the measurement would be compiled in it, for up to 8 ms at a time.
 */
export class Phases implements Disposable {
  /** The recorder of the measurement. */
  readonly measured: Recorder;
  readonly firsts: Firsts;
  private before: Recorder;
  private after: Recorder;
  private border: number;
  private readonly measureFrom: number;
  private readonly recorders: ReadonlySet<Recorder>;
  /** When the border moves on to the start of the measurement. */
  private rehearsedAt: number;

  /** The schedule starts at `start` on the monotonic clock, and the measurement `warmup` ns later. */
  constructor(start: number, warmup: number, onInterval: (interval: Interval) => void, marks?: Marks) {
    this.measureFrom = start + warmup;
    this.firsts = new Firsts(this.measureFrom, marks);
    this.measured = new Recorder(this.measureFrom, SECOND_NS, onInterval);
    this.border = start + warmup / 2;
    this.rehearsedAt = start + warmup * 0.75;
    this.before = new Recorder(start, REHEARSAL_NS, ignore);
    this.after = warmup === 0 ? this.measured : new Recorder(this.border, REHEARSAL_NS, ignore);
    this.recorders = new Set([this.before, this.after, this.measured]);
    Histogram.settle();
  }

  [Symbol.dispose](): void {
    for (const recorder of this.recorders) recorder[Symbol.dispose]();
  }

  /** The recorder for a request, or for a turn of the loop. */
  of(instant: number): Recorder {
    return instant >= this.border ? this.after : this.before;
  }

  /** A request failed on a connection. */
  missed(connection: number, missed: Missed): void {
    this.of(missed.intended).missed(missed);
    this.firsts.ended(connection, missed.intended, missed.sent, Number.NaN);
  }

  /** A turn of the loop, see {@link Recorder.turned}. */
  turned(now: number, gap: number, nextDue: number): void {
    if (now >= this.rehearsedAt) {
      this.rehearsedAt = Number.POSITIVE_INFINITY;
      this.border = this.measureFrom;
      this.before = this.after;
      this.after = this.measured;
    }
    this.of(now).turned(now, gap, nextDue);
  }
}

function ignore(): void {
  // The intervals of the warm-up are nobody's.
}
