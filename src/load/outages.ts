import type { Phases } from './phases.ts';

/** Which connections of a load are being replaced, by their number. */
export class Outages {
  /** On the monotonic clock, ns; NaN where there is none. */
  private readonly since: Float64Array;
  /** An instant of the phase in which it is counted. */
  private readonly phase: Float64Array;

  constructor(connections: number) {
    this.since = new Float64Array(connections).fill(Number.NaN);
    this.phase = new Float64Array(connections).fill(Number.NaN);
  }

  begin(index: number, now: number, phase = now): void {
    this.since[index] = now;
    this.phase[index] = phase;
  }

  /** The connection stands, after however many attempts: its outage ends now, if it had one. */
  end(index: number, now: number, phases: Phases): void {
    const since = this.since[index] ?? Number.NaN;
    if (Number.isNaN(since)) return;
    phases.of(this.phase[index] ?? now).reconnected(now - since);
    this.since[index] = Number.NaN;
  }
}
