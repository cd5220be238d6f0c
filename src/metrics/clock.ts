import { performance } from 'node:perf_hooks';
import { type Nanos, nanos } from '../units/index.ts';

/** Reads the time. Passed in wherever time matters, so that tests can hold it. */
export type Clock = () => Nanos;

/** performance.now() counts from the start of the process; CLOCK_MONOTONIC is shared by all processes of a machine. */
const OFFSET_MS = Number(process.hrtime.bigint()) / 1e6 - performance.now();

/**
 * CLOCK_MONOTONIC in ns, comparable between processes and namespaces of one machine to about a microsecond.
 * Twice as fast as process.hrtime.bigint() and without its allocation.
 */
export const monotonicNow: Clock = () => nanos((performance.now() + OFFSET_MS) * 1e6);
