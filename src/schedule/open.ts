import { type Nanos, nanos } from '../units/index.ts';
import { ConstantCursor, countConstant } from './constant.ts';
import { PoissonCursor } from './poisson.ts';
import type { ScheduleCursor, ScheduleSpec } from './schedule.ts';

/** Opens a schedule at its start. A new schedule is a file beside this one and a line in this switch. */
export function openSchedule(spec: ScheduleSpec): ScheduleCursor {
  switch (spec.kind) {
    case 'constant':
      return new ConstantCursor(spec);
    case 'poisson':
      return new PoissonCursor(spec);
  }
}

/**
 * How many requests of the slice are due in [from, until): by arithmetic where that can be, otherwise by walking.
 * Equal to what the cursor yields.
 */
export function countWithin(spec: ScheduleSpec, from: Nanos, until: Nanos): number {
  const end = nanos(Math.min(until, spec.horizon));
  return spec.kind === 'constant' ? countConstant(spec, from, end) : countByWalking(spec, from, end);
}

function countByWalking(spec: ScheduleSpec, from: number, until: number): number {
  const cursor = openSchedule(spec);
  let count = 0;
  for (let instant = cursor.next(); instant < until; instant = cursor.next()) {
    if (instant >= from) count += 1;
  }
  return count;
}
