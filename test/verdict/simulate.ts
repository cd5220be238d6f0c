import { createRandom, type Random } from '../../src/units/index.ts';
import type { Pairs } from '../../src/verdict/index.ts';
import { chiSquared, normal } from '../stats/noise.ts';

/** Noise of a block's log ratio, with a standard deviation of about 1 in its middle. */
export const NOISES: Readonly<Record<string, (random: Random) => number>> = {
  normal,
  'heavy tails': (random) => normal(random) / Math.sqrt(chiSquared(random, 3) / 3),
  'one in ten disturbed': (random) => normal(random) * (random() < 0.1 ? 8 : 1),
};

/** Simulated blocks of a gate: p50 and CPU, errors and shortfall, worse by `effect` as a ratio. */
export interface Simulated {
  readonly blocks: number;
  readonly effect?: number;
  /** p50 of the baseline, ns. */
  readonly base?: number;
  /** Spread of the log ratio of a block. */
  readonly spread?: number;
  readonly noise?: (random: Random) => number;
  /** Share of the candidate's requests that fail. */
  readonly errors?: number;
}

/** Draws blocks. */
export function simulatedPairs(
  random: Random,
  { blocks, effect = 1, base = 100_000, spread = 0.04, noise = normal, errors = 0 }: Simulated,
): Pairs {
  const draw = (middle: number) =>
    Array.from({ length: blocks }, () => {
      const weather = Math.exp(0.3 * normal(random));
      return [middle * weather, middle * weather * effect * Math.exp(spread * noise(random))] as const;
    });
  const zeros = Array.from({ length: blocks }, () => [0, 0] as const);
  return new Map([
    ['responseNs.p50', draw(base)],
    ['cpuMsPer1k', draw(100)],
    ['errors', Array.from({ length: blocks }, () => [0, errors] as const)],
    ['shortfall', zeros],
  ]);
}

export const seeded = (seed: number): Random => createRandom(seed);
