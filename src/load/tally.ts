import type { LoadTotal, Outcome } from './result.ts';

/** What is counted from the first connection on, of the warm-up too. */
export class Tally {
  readonly overall: Partial<Record<Outcome, number>> & { sent: number } = { sent: 0 };
  opened = 0;
  closedByPeer = 0;
  refused = 0;
  /** Why a connection was last given up; empty where none was. */
  givenUp = '';

  /** A request ended. */
  count(outcome: Outcome): void {
    this.overall[outcome] = (this.overall[outcome] ?? 0) + 1;
  }

  get totals(): Pick<LoadTotal, 'connections' | 'overall'> {
    const { overall, opened, closedByPeer, refused } = this;
    return { connections: { opened, closedByPeer, refused }, overall };
  }
}
