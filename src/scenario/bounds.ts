import { bytes, fromMillis, fromSeconds, type Nanos, nanos, perSecond } from '../units/index.ts';

const HOUR = fromSeconds(3600);

/** How long a whole run may be planned to take, and how large `limits.time` may be. */
export const LONGEST_RUN: Nanos = fromSeconds(7 * 86_400);

/** More requests than this in one trial (warm-up included) are refused: nothing here was tried beyond it. */
export const MOST_REQUESTS = 1e9;

/** Workloads, and variants as the file names them. Every workload takes an address of a small network. */
export const MOST_NAMED = 100;

/** Variants times matrix points. */
export const MOST_VARIANTS = 200;

/** Smallest and largest values, for the file and for the flags that override it. */
export const BOUNDS = {
  rate: { min: perSecond(0.001), max: perSecond(1e6) },
  wait: { max: HOUR },
  duration: { min: nanos(1), max: HOUR },
  body: { max: bytes(16e6) },
  memory: { max: bytes(1e15) },
  time: { min: fromMillis(1), max: LONGEST_RUN },
  trials: 1000,
  seed: 2 ** 31 - 1,
} as const;
