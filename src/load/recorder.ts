import { Histogram, PlainText } from '../metrics/index.ts';
import type { FailedRequest, Histograms, Interval, Latency, LoadTotal, Outcome, OutcomeCounts } from './result.ts';
import { LATENCIES, OUTCOMES } from './result.ts';

/** Failed requests that are kept as events; further ones are only counted. */
const MAX_FAILED = 10_000;

/** Answers that nobody understood whose bytes are kept: what they have in common shows in few. */
const MAX_KEPT_BYTES = 100;

/** To add and encode one histogram takes about 0.2 ms: it waits for a gap as long, but not for ever. */
const CHORE_GAP_NS = 500_000;
/** And for the middle of a gap, or for as long: most answers come soon after a request has gone. */
const LULL_NS = 5e6;
/** How many chores that found no gap fit into one interval: several at once would hold the loop for a millisecond. */
const CHORES_PER_PERIOD = 20;

/** What one agent measured, without what only the engine knows. */
export type Recorded = Omit<LoadTotal, 'connections' | 'overall'>;

/** Instants of a request that failed, on the monotonic clock; NaN where it never came so far. */
export interface Missed {
  readonly intended: number;
  readonly released: number;
  readonly sent: number;
  readonly done: number;
  readonly outcome: FailedRequest['outcome'];
  readonly detail: string;
  readonly connection: number | null;
  /** Of an answer that was not understood. */
  readonly bytes: Buffer | undefined;
}

type Counts = Record<Outcome, number>;

/** Four histograms and the counts beside them. */
interface Cell {
  readonly histograms: Readonly<Record<Latency, Histogram>>;
  readonly counts: Counts;
  second: number;
}

/**
 * Records the requests of one phase by the second. Ended seconds are added to the total and encoded, one histogram at a
 * time, when the loop has nothing due or after a while.
 */
export class Recorder implements Disposable {
  private readonly from: number;
  private readonly period: number;
  private readonly onInterval: (interval: Interval) => void;
  private readonly total = newCell(-1);
  private current = newCell(0);
  /** Kept, since a product of small integers that outgrows 31 bits in the third second has the loop compiled again. */
  private currentEnd: number;
  private readonly spare: Cell[] = [newCell(0)];
  private readonly ended: Cell[] = [];
  /** When the next chore waits for a gap no longer. */
  private choreAt = 0;
  /** Between two requests that are due: when a chore disturbs least, and when the second one is due. */
  private lullFrom = 0;
  private lullEnd = 0;
  /** Of the oldest ended second: how many of its histograms are encoded, and these. */
  private encoded = 0;
  private readonly texts = LATENCIES.map(() => new PlainText());
  private readonly failed: FailedRequest[] = [];
  private failedOverflow = 0;
  private bytesKept = 0;
  private readonly reconnects = new Histogram();
  private readonly versions = new Map<string, number>();
  private planned = 0;
  private lastDone = 0;
  private over1ms = 0;
  private over1msNs = 0;
  private maxGap = 0;

  /** Intervals of `period` ns are counted from `from` on the monotonic clock. */
  constructor(from: number, period: number, onInterval: (interval: Interval) => void) {
    this.from = from;
    this.period = period;
    this.onInterval = onInterval;
    this.currentEnd = from + period;
    this.lastDone = from;
  }

  /** A request was reached by the loop, `lag` ns after it was due. */
  released(lag: number): void {
    this.planned += 1;
    this.current.histograms.releaseLag.record(lag);
  }

  /** A request of a closed loop, which is due at no time. */
  asked(): void {
    this.planned += 1;
  }

  /** A request of a closed loop succeeded: without an intended time it has no response time. */
  served(sent: number, done: number): void {
    this.current.histograms.service.record(done - sent);
    this.current.counts.ok += 1;
    this.lastDone = done;
  }

  /** A request went out, `wait` ns after it was released. */
  sent(wait: number): void {
    this.current.histograms.queueWait.record(wait);
  }

  /** A request succeeded. */
  succeeded(intended: number, sent: number, done: number, version: string): void {
    const { histograms, counts } = this.current;
    histograms.response.record(done - intended);
    histograms.service.record(done - sent);
    counts.ok += 1;
    this.lastDone = done;
    if (version !== '') this.answered(version);
  }

  /** An answer came from the application version that the tag names. */
  answered(version: string): void {
    this.versions.set(version, (this.versions.get(version) ?? 0) + 1);
  }

  /** A request failed. */
  missed({ intended, released, sent, done, outcome, detail, connection, bytes }: Missed): void {
    this.current.counts[outcome] += 1;
    this.lastDone = done;
    if (this.failed.length >= MAX_FAILED) {
      this.failedOverflow += 1;
      return;
    }
    const offset = (instant: number): number | null => (Number.isNaN(instant) ? null : Math.round(instant - this.from));
    this.failed.push({
      intended: Math.round(intended - this.from),
      released: offset(released),
      sent: offset(sent),
      done: offset(done),
      outcome,
      detail: detail.slice(0, 200),
      connection,
      ...(bytes === undefined || this.bytesKept >= MAX_KEPT_BYTES ? {} : { bytes: bytes.toString('base64') }),
    });
    if (bytes !== undefined) this.bytesKept += 1;
  }

  /** A connection that was lost stood again, `took` ns later. */
  reconnected(took: number): void {
    this.reconnects.record(took);
  }

  /**
   * A turn of the loop: `gap` ns after the one before, with the next request due at `nextDue`. A turn that comes late
   * could neither release nor read in time; once nothing is due any more, that no longer matters.
   */
  turned(now: number, gap: number, nextDue: number): void {
    if (gap > 1e6 && nextDue !== Number.POSITIVE_INFINITY) {
      this.over1ms += 1;
      this.over1msNs += gap;
      if (gap > this.maxGap) this.maxGap = gap;
    }
    if (now >= this.currentEnd) this.endSecond(now);
    if (this.ended.length > 0 && (this.isLull(now, nextDue) || now >= this.choreAt)) {
      this.choreAt = now + this.period / CHORES_PER_PERIOD;
      this.chore();
    }
  }

  [Symbol.dispose](): void {
    // The last second's cell is among the spare ones too once all is finished.
    for (const { histograms } of new Set([this.total, this.current, ...this.spare, ...this.ended])) {
      for (const name of LATENCIES) histograms[name][Symbol.dispose]();
    }
    this.reconnects[Symbol.dispose]();
  }

  private isLull(now: number, nextDue: number): boolean {
    if (nextDue !== this.lullEnd) {
      this.lullEnd = nextDue;
      this.lullFrom = now + Math.min(LULL_NS, (nextDue - now - CHORE_GAP_NS) / 2);
    }
    return now >= this.lullFrom && nextDue - now > CHORE_GAP_NS;
  }

  /** Encodes what is left and returns the totals. The recorder is spent afterwards. */
  finish(): Recorded {
    this.ended.push(this.current);
    while (this.ended.length > 0) this.chore();
    return {
      planned: this.planned,
      histograms: asHistograms(LATENCIES.map((name) => this.total.histograms[name].encodePlain())),
      outcomes: present(this.total.counts),
      failed: this.failed,
      failedOverflow: this.failedOverflow,
      loopGaps: {
        over1ms: this.over1ms,
        over1msNs: Math.round(this.over1msNs),
        maxNs: Math.round(this.maxGap),
      },
      versions: Object.fromEntries(this.versions),
      reconnects: this.reconnects.encodePlain(),
      lastDone: Math.round(this.lastDone - this.from),
    };
  }

  private endSecond(now: number): void {
    this.ended.push(this.current);
    this.current = this.spare.pop() ?? newCell(0);
    this.current.second = Math.floor((now - this.from) / this.period);
    this.currentEnd = this.from + (this.current.second + 1) * this.period;
    if (this.ended.length === 1) this.choreAt = now + this.period / CHORES_PER_PERIOD;
  }

  /** Adds and encodes one histogram of the oldest ended second, and reports the second when it was the last. */
  private chore(): void {
    const cell = this.ended[0];
    if (cell === undefined) return;
    const latency = LATENCIES[this.encoded];
    if (latency !== undefined) {
      const histogram = cell.histograms[latency];
      this.total.histograms[latency].add(histogram);
      const text = this.texts[this.encoded];
      if (text !== undefined) histogram.encodeInto(text);
      histogram.reset();
      this.encoded += 1;
    }
    if (this.encoded < LATENCIES.length) return;
    this.encoded = 0;
    this.ended.shift();
    for (const outcome of OUTCOMES) this.total.counts[outcome] += cell.counts[outcome];
    this.onInterval({
      second: cell.second,
      histograms: asHistograms(this.texts.map(String)),
      outcomes: present(cell.counts),
    });
    for (const outcome of OUTCOMES) cell.counts[outcome] = 0;
    this.spare.push(cell);
  }
}

/** Texts in the order of {@link LATENCIES}. */
function asHistograms([response = '', service = '', queueWait = '', releaseLag = '']: readonly string[]): Histograms {
  return { response, service, queueWait, releaseLag };
}

function newCell(second: number): Cell {
  return {
    histograms: {
      response: new Histogram(),
      service: new Histogram(),
      queueWait: new Histogram(),
      releaseLag: new Histogram(),
    },
    counts: Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])) as Counts,
    second,
  };
}

function present(counts: Counts): OutcomeCounts {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}
