import { printRate } from '../units/index.ts';
import { printShare } from './fields.ts';
import { size, time } from './in-words.ts';
import type { KneeSettings, LoadSettings, Schedule } from './scenario.ts';

/** The load in the scenario's own words. What is not used is left out, so that plans without it keep their hash. */
export function describeLoad(load: LoadSettings): Record<string, unknown> {
  const { loop, rate, wait, connections, stagger, schedule, method, path, headers, payload, body, targets } = load;
  return {
    // A closed loop offers no rate.
    ...(loop === 'closed' ? { loop } : { rate: printRate(rate) }),
    ...(wait === 'spin' ? {} : { wait }),
    connections,
    ...(stagger === 0 ? {} : { stagger: time(stagger) }),
    schedule: describeSchedule(schedule),
    method,
    path,
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
    payload: size(payload),
    ...(body === '' ? {} : { body }),
    ...(targets.length === 0 ? {} : { targets: targets.map(describeTarget) }),
    warmup: time(load.warmup),
    duration: time(load.duration),
    timeout: time(load.timeout),
  };
}

function describeTarget(target: LoadSettings['targets'][number]): Record<string, unknown> {
  const { payload, ...others } = target;
  return payload === undefined ? others : { ...others, payload: size(payload) };
}

/** A schedule in the scenario's own words. */
export function describeSchedule(schedule: Schedule): unknown {
  if (typeof schedule === 'string') return schedule;
  switch (schedule.kind) {
    case 'ramp':
      return { ramp: { from: printShare(schedule.from), to: printShare(schedule.to) } };
    case 'steps':
      return { steps: schedule.shares.map(printShare) };
    case 'bursts':
      return { bursts: { every: time(schedule.every) } };
    case 'onOff':
      return { onOff: { on: time(schedule.on), off: time(schedule.off) } };
    case 'replay':
      return { replay: schedule.file };
  }
}

/** What rate is looked for, as plans and records have it; in 1/s. */
export function describeKnee({ slo, from, to }: KneeSettings): { slo: string; from: number; to: number } {
  return { slo: slo.text, from, to };
}
