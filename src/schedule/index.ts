export { countWithin, openSchedule } from './open.ts';
export type { ScheduleCursor, ScheduleSpec, Shape } from './schedule.ts';
