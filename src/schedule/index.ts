export { countWithin, openSchedule, type ScheduleCursor, type ScheduleSpec } from './schedule.ts';
