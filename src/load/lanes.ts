import { FreeConnections } from './free-connections.ts';
import type { LoadPlan } from './load-plan.ts';
import { RequestQueue } from './ring.ts';

/** The connections to one endpoint, and the requests that wait for one of them. */
export class Lane {
  readonly free = new FreeConnections();
  readonly queue = new RequestQueue();
}

/**
 * A lane for each endpoint that connections are spread over. Requests are dealt to them in turn, so that each gets the
 * same share whatever it does with it: connections that fail fast are free sooner, and would take more than theirs.
 */
export class Lanes {
  readonly all: readonly Lane[];
  private readonly first = new Lane();
  private turn = 0;

  constructor({ endpoint, endpoints, connections }: Pick<LoadPlan, 'endpoint' | 'endpoints' | 'connections'>) {
    const count = endpoint.kind === 'spread' ? Math.min(endpoints.length, connections) : 1;
    this.all = [this.first, ...Array.from({ length: count - 1 }, () => new Lane())];
  }

  /** The lane of the next request. */
  next(): Lane {
    const lane = this.all[this.turn] ?? this.first;
    this.turn = this.turn + 1 === this.all.length ? 0 : this.turn + 1;
    return lane;
  }

  /** The lane of a connection, by its number. */
  of(index: number): Lane {
    return this.all[index % this.all.length] ?? this.first;
  }

  /** True where no request waits. */
  get idle(): boolean {
    return this.all.every(({ queue }) => queue.length === 0);
  }
}
