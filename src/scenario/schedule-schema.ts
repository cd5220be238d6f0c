import { z } from 'zod';
import { BOUNDS } from './bounds.ts';
import { duration, sharesUpTo } from './fields.ts';

const span = duration(BOUNDS.duration);
/** Of `load.rate`; ten times at most, since nobody means more. */
const share = sharesUpTo(10);

const ramp = z
  .strictObject({ from: share, to: share })
  .refine(({ from, to }) => from + to > 0, 'must not be 0% throughout')
  .transform((one) => ({ kind: 'ramp' as const, ...one }));

const steps = z
  .array(share)
  .min(2)
  .max(100)
  .refine((shares) => shares.some((one) => one > 0), 'must not be 0% throughout')
  .transform((shares) => ({ kind: 'steps' as const, shares }));

const bursts = z.strictObject({ every: span }).transform((one) => ({ kind: 'bursts' as const, ...one }));

const onOff = z.strictObject({ on: span, off: span }).transform((one) => ({ kind: 'onOff' as const, ...one }));

/** A file below the scenario's folder. Its instants are filled in where the scenario is read from a file. */
const replay = z
  .string()
  .regex(
    /^(?!\.)[\w.-]+(\/(?!\.)[\w.-]+)*$/u,
    'must be a path below the folder of the scenario, like traces/morning.txt',
  )
  .max(300)
  .transform((file) => ({ kind: 'replay' as const, file, instants: [] as readonly number[] }));

/** How intended times are spread. All but the first two shape the measurement; the warm-up is even, at `load.rate`. */
export const scheduleSchema = z.union(
  [
    z.enum(['constant', 'poisson']),
    z.strictObject({ ramp }).transform((one) => one.ramp),
    z.strictObject({ steps }).transform((one) => one.steps),
    z.strictObject({ bursts }).transform((one) => one.bursts),
    z.strictObject({ onOff }).transform((one) => one.onOff),
    z.strictObject({ replay }).transform((one) => one.replay),
  ],
  {
    error:
      'must be constant, poisson, {ramp: {from: 10%, to: 100%}}, {steps: [50%, 100%]}, {bursts: {every: 1s}}, ' +
      '{onOff: {on: 1s, off: 1s}} or {replay: file.txt}',
  },
);
