import type { LoadSettings } from '../scenario/index.ts';
import { countWithin, type ScheduleSpec, type Shape } from '../schedule/index.ts';
import { type Nanos, nanos, perSecond, type Rate, toSeconds } from '../units/index.ts';

type Timing = Pick<LoadSettings, 'rate' | 'schedule' | 'warmup' | 'duration'>;

/** When the requests of a trial are due, for one slice of its agents. */
export function scheduleOf(load: Timing, seed: number, slice: ScheduleSpec['slice']): ScheduleSpec {
  const { rate, warmup, duration, schedule } = load;
  const common = { rate, horizon: nanos(warmup + duration), seed, slice };
  if (typeof schedule === 'string') return { kind: schedule, ...common };
  return { ...common, start: warmup, ...shapeOf(schedule, rate, duration) };
}

/** Requests that are due in the measurement of one trial: exact, but for a random schedule, of which it is the mean. */
export function dueInMeasurement(load: Timing): number {
  const { rate, warmup, duration, schedule } = load;
  if (schedule === 'poisson') return Math.round(rate * toSeconds(duration));
  return countWithin(scheduleOf(load, 0, { index: 0, of: 1 }), warmup, nanos(warmup + duration));
}

/** The mean offered rate over the measurement; null where nothing is offered, in a closed loop. */
export function offeredRate(load: Timing & Pick<LoadSettings, 'loop'>): Rate | null {
  if (load.loop === 'closed') return null;
  if (typeof load.schedule === 'string') return load.rate;
  return perSecond(dueInMeasurement(load) / toSeconds(load.duration));
}

function shapeOf(schedule: Exclude<LoadSettings['schedule'], string>, rate: Rate, span: Nanos): Shape {
  const share = (of: number): Rate => perSecond(rate * of);
  switch (schedule.kind) {
    case 'ramp':
      return { kind: 'ramp', from: share(schedule.from), to: share(schedule.to), span };
    case 'steps':
      return { kind: 'steps', rates: schedule.shares.map(share), span };
    case 'bursts':
    case 'onOff':
      return schedule;
    case 'replay':
      return { kind: 'replay', instants: schedule.instants };
  }
}
