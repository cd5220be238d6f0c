/** A connection that is being replaced. Instants on the monotonic clock, ns; NaN where there is none. */
export interface Outage {
  readonly since: number;
  /** An instant of the phase in which it is counted. */
  readonly phase: number;
}

/** Which connections of a load are being replaced, by their number. */
export class Outages {
  private readonly since: Float64Array;
  private readonly phase: Float64Array;

  constructor(connections: number) {
    this.since = new Float64Array(connections).fill(Number.NaN);
    this.phase = new Float64Array(connections).fill(Number.NaN);
  }

  begin(index: number, now: number, phase: number): void {
    this.since[index] = now;
    this.phase[index] = phase;
  }

  /** The outage that ends now. */
  end(index: number): Outage {
    const outage = { since: this.since[index] ?? Number.NaN, phase: this.phase[index] ?? Number.NaN };
    this.since[index] = Number.NaN;
    return outage;
  }
}
