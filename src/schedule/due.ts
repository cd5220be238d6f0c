import { bursts } from './bursts.ts';
import { constant } from './constant.ts';
import { firstAt } from './indexed.ts';
import { onOff } from './on-off.ts';
import { piecewise } from './piecewise.ts';
import type { Due, ScheduleSpec } from './schedule.ts';

/** The schedules that can tell when any arrival is due without those before it: all but random ones. */
export type IndexedSpec = ScheduleSpec & { readonly kind: Exclude<ScheduleSpec['kind'], 'poisson'> };

/** When the arrivals of a schedule are due. A new shape is a file beside this one and a case in {@link shapeOf}. */
export function dueOf(spec: IndexedSpec): Due {
  if (spec.kind === 'constant') return constant(spec.rate);
  const before = constant(spec.rate);
  const warmup = firstAt(before, spec.start);
  const shape = shapeOf(spec);
  return (index) => (index < warmup ? before(index) : spec.start + shape(index - warmup));
}

function shapeOf(spec: Exclude<IndexedSpec, { readonly kind: 'constant' | 'poisson' }>): Due {
  switch (spec.kind) {
    case 'ramp':
      return piecewise([{ lengthNs: spec.span, from: spec.from, to: spec.to }]);
    case 'steps': {
      const lengthNs = spec.span / spec.rates.length;
      return piecewise(spec.rates.map((rate) => ({ lengthNs, from: rate, to: rate })));
    }
    case 'bursts':
      return bursts(spec.rate, spec.every);
    case 'onOff':
      return onOff(spec.rate, spec.on, spec.off);
    case 'replay':
      return (index) => spec.instants[index] ?? Number.POSITIVE_INFINITY;
  }
}
