import { performance } from 'node:perf_hooks';
import { type Nanos, nanos } from '../units/index.ts';

/** Reads the time. Passed in wherever time matters, so that tests can hold it. */
export type Clock = () => Nanos;

/** performance.now() counts from the start of the process; CLOCK_MONOTONIC is shared by all processes of a machine. */
const OFFSET_MS = closestOffset();

/** Of several readings the one between which least time passed: a process that is preempted there would be off by it. */
function closestOffset(): number {
  let best = { span: Number.POSITIVE_INFINITY, offset: 0 };
  for (let round = 0; round < 50; round += 1) {
    const before = performance.now();
    const shared = Number(process.hrtime.bigint()) / 1e6;
    const after = performance.now();
    if (after - before < best.span) best = { span: after - before, offset: shared - (before + after) / 2 };
  }
  return best.offset;
}

/**
 * CLOCK_MONOTONIC in ns, comparable between processes and namespaces of one machine to about a microsecond.
 * Twice as fast as process.hrtime.bigint() and without its allocation.
 */
export const monotonicNow: Clock = () => nanos((performance.now() + OFFSET_MS) * 1e6);
