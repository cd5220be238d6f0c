import type { MarkedRequests } from './result.ts';

/** From which instants on requests are looked at one by one, and for how long. */
export interface Marks {
  /** ns from the start of the measurement; before it in the warm-up. */
  readonly at: readonly number[];
  /** ns. */
  readonly span: number;
  /** Over how many endpoints connections are spread. */
  readonly endpoints: number;
}

/** Keeps the requests that are intended shortly after some instants: what a first request takes is in no histogram. */
export class Firsts {
  private readonly kept: MarkedRequests[];
  private readonly measureFrom: number;
  private readonly span: number;
  private readonly endpoints: number;

  constructor(measureFrom: number, { at, span, endpoints }: Marks = { at: [], span: 0, endpoints: 1 }) {
    this.measureFrom = measureFrom;
    this.span = span;
    this.endpoints = endpoints;
    this.kept = at.map((mark) => ({ at: mark, intended: [], serviceNs: [], endpoint: [] }));
  }

  /** A request ended; `done` is NaN where it failed. Instants are of the monotonic clock. */
  ended(connection: number, intended: number, sent: number, done: number): void {
    for (const mark of this.kept) {
      const offset = intended - this.measureFrom;
      if (offset < mark.at || offset >= mark.at + this.span) continue;
      mark.intended.push(Math.round(offset));
      mark.serviceNs.push(Number.isNaN(done) ? null : Math.round(done - sent));
      mark.endpoint.push(connection % this.endpoints);
    }
  }

  /** What was kept; undefined where nothing was asked for. */
  get all(): MarkedRequests[] | undefined {
    return this.kept.length === 0 ? undefined : this.kept;
  }
}
