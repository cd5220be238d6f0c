export { countWithin, openSchedule } from './open.ts';
export type { ScheduleCursor, ScheduleSpec } from './schedule.ts';
