import { Histogram } from '../metrics/index.ts';
import type { AnswerReader } from './protocol.ts';
import type { FailedRequest, Histograms, Interval, Latency, LoopGaps, Outcome, OutcomeCounts } from './result.ts';
import { LATENCIES } from './result.ts';

/** Failed requests that are kept as events; further ones are only counted. */
const MAX_FAILED = 10_000;

/** What one agent measured, without the totals that only the engine knows. */
export interface Recorded {
  readonly histograms: Histograms;
  readonly outcomes: OutcomeCounts;
  readonly failed: readonly FailedRequest[];
  readonly failedOverflow: number;
  readonly versions: Readonly<Record<string, number>>;
}

type Counts = Record<Outcome, number>;

/** Four histograms and the counts beside them. */
interface Cell {
  readonly histograms: Readonly<Record<Latency, Histogram>>;
  readonly counts: Counts;
  second: number;
}

/**
 * Records the requests of a measurement, twice: into the total, and into the current second.
 * Ended seconds are encoded later, one histogram at a time, when the loop has nothing due ({@link chore}).
 */
export class Recorder {
  private readonly total = newCell(-1);
  private current = newCell(0);
  private readonly spare: Cell[] = [newCell(0)];
  private readonly ended: Cell[] = [];
  private encoded: Partial<Record<Latency, string>> = {};
  private readonly failed: FailedRequest[] = [];
  private failedOverflow = 0;
  private readonly versions = new Map<string, number>();
  private readonly onInterval: (interval: Interval) => void;

  constructor(onInterval: (interval: Interval) => void) {
    this.onInterval = onInterval;
  }

  /** A request was reached by the loop, `lag` ns after it was due. */
  released(lag: number): void {
    this.total.histograms.releaseLag.record(lag);
    this.current.histograms.releaseLag.record(lag);
  }

  /** A request went out, `wait` ns after it was released. */
  sent(wait: number): void {
    this.total.histograms.queueWait.record(wait);
    this.current.histograms.queueWait.record(wait);
  }

  /** A request succeeded. */
  succeeded(response: number, service: number): void {
    const { total, current } = this;
    total.histograms.response.record(response);
    current.histograms.response.record(response);
    total.histograms.service.record(service);
    current.histograms.service.record(service);
    total.counts.ok += 1;
    current.counts.ok += 1;
  }

  /** An answer came from the application that `answer` names. */
  answered(answer: AnswerReader): void {
    const { version } = answer;
    if (version !== '') this.versions.set(version, (this.versions.get(version) ?? 0) + 1);
  }

  /** A request failed. */
  missed(event: FailedRequest): void {
    this.total.counts[event.outcome] += 1;
    this.current.counts[event.outcome] += 1;
    if (this.failed.length < MAX_FAILED) this.failed.push(event);
    else this.failedOverflow += 1;
  }

  /** Ends the current second and begins another. */
  rotate(nextSecond: number): void {
    this.ended.push(this.current);
    this.current = this.spare.pop() ?? newCell(nextSecond);
    this.current.second = nextSecond;
  }

  /** True while an ended second waits to be encoded. */
  get hasChore(): boolean {
    return this.ended.length > 0;
  }

  /** Encodes one histogram of the oldest ended second, about 0.3 ms, and reports the second when it was the last. */
  chore(): void {
    const cell = this.ended[0];
    if (cell === undefined) return;
    const latency = LATENCIES.find((name) => this.encoded[name] === undefined);
    if (latency !== undefined) this.encoded[latency] = cell.histograms[latency].encode();
    if (LATENCIES.some((name) => this.encoded[name] === undefined)) return;
    this.ended.shift();
    this.onInterval({ second: cell.second, histograms: asHistograms(this.encoded), outcomes: present(cell.counts) });
    this.encoded = {};
    clear(cell);
    this.spare.push(cell);
  }

  /** Encodes what is left and returns the totals. The recorder is spent afterwards. */
  finish(): Recorded {
    this.rotate(this.current.second + 1);
    while (this.hasChore) this.chore();
    const encoded: Partial<Record<Latency, string>> = {};
    for (const name of LATENCIES) encoded[name] = this.total.histograms[name].encode();
    return {
      histograms: asHistograms(encoded),
      outcomes: present(this.total.counts),
      failed: this.failed,
      failedOverflow: this.failedOverflow,
      versions: Object.fromEntries(this.versions),
    };
  }
}

function newCell(second: number): Cell {
  return {
    histograms: {
      response: new Histogram(),
      service: new Histogram(),
      queueWait: new Histogram(),
      releaseLag: new Histogram(),
    },
    counts: { ok: 0, status: 0, protocol: 0, timeout: 0, connection: 0, unsent: 0 },
    second,
  };
}

function clear(cell: Cell): void {
  for (const name of LATENCIES) cell.histograms[name].reset();
  for (const outcome of Object.keys(cell.counts) as Outcome[]) cell.counts[outcome] = 0;
}

function asHistograms(encoded: Partial<Record<Latency, string>>): Histograms {
  const { response = '', service = '', queueWait = '', releaseLag = '' } = encoded;
  return { response, service, queueWait, releaseLag };
}

function present(counts: Counts): OutcomeCounts {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}

/** Watches the loop: a turn that comes late could neither release nor read in time. */
export class LoopWatch {
  private over1ms = 0;
  private over1msNs = 0;
  private maxNs = 0;

  /** `gap` is the time since the turn before, ns. */
  turn(gap: number): void {
    if (gap > this.maxNs) this.maxNs = gap;
    if (gap > 1e6) {
      this.over1ms += 1;
      this.over1msNs += gap;
    }
  }

  get gaps(): LoopGaps {
    return { over1ms: this.over1ms, over1msNs: Math.round(this.over1msNs), maxNs: Math.round(this.maxNs) };
  }
}
