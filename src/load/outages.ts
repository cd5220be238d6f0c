/** Since when each connection of a load is being replaced, by its number. */
export class Outages {
  private readonly since: Float64Array;

  constructor(connections: number) {
    this.since = new Float64Array(connections).fill(Number.NaN);
  }

  begin(index: number, now: number): void {
    this.since[index] = now;
  }

  /** When the outage began that ends now; NaN where there was none. */
  end(index: number): number {
    const since = this.since[index] ?? Number.NaN;
    this.since[index] = Number.NaN;
    return since;
  }
}
