import type { Random } from '../../src/units/index.ts';

export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

export function chiSquared(random: Random, degrees: number): number {
  let sum = 0;
  for (let i = 0; i < degrees; i += 1) sum += normal(random) ** 2;
  return sum;
}
