import { type Nanos, nanos } from '../units/index.ts';
import { dueOf, type IndexedSpec } from './due.ts';
import { countIndexed, IndexedCursor } from './indexed.ts';
import { PoissonCursor } from './poisson.ts';
import type { ScheduleCursor, ScheduleSpec } from './schedule.ts';

/** Opens a schedule at its start. */
export function openSchedule(spec: ScheduleSpec): ScheduleCursor {
  return isIndexed(spec) ? new IndexedCursor(dueOf(spec), spec) : new PoissonCursor(spec);
}

/**
 * How many requests of the slice are due in [from, until): by bisection where that can be, otherwise by walking.
 * Equal to what the cursor yields.
 */
export function countWithin(spec: ScheduleSpec, from: Nanos, until: Nanos): number {
  const end = nanos(Math.min(until, spec.horizon));
  return isIndexed(spec) ? countIndexed(dueOf(spec), spec.slice, from, end) : countByWalking(spec, from, end);
}

function isIndexed(spec: ScheduleSpec): spec is IndexedSpec {
  return spec.kind !== 'poisson';
}

function countByWalking(spec: ScheduleSpec, from: number, until: number): number {
  const cursor = openSchedule(spec);
  let count = 0;
  for (let instant = cursor.next(); instant < until; instant = cursor.next()) {
    if (instant >= from) count += 1;
  }
  return count;
}
