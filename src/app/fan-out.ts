import type { Dial } from '../wire/index.ts';
import type { ServiceCall } from './calls.ts';
import { ServicePool } from './service-pool.ts';

/** Calls services for requests: all of them at once. */
export class FanOut {
  private readonly pools: readonly ServicePool[];

  constructor(calls: readonly ServiceCall[], dial: Dial) {
    this.pools = calls.map((call) => new ServicePool(call, dial));
  }

  /** Calls each service with these header lines more. `done` is told once all calls have ended: empty, or the first failure. */
  call(tracing: string, done: (failure: string) => void): void {
    let left = this.pools.length;
    let first = '';
    const ended = (failure: string): void => {
      if (first === '') first = failure;
      left -= 1;
      if (left === 0) done(first);
    };
    for (const pool of this.pools) pool.call(tracing, ended);
  }

  close(): void {
    for (const pool of this.pools) pool.close();
  }
}
