import { createRandom } from '../units/index.ts';

/** Keep apart what is drawn from the same seed and block. */
const SALT = { order: 0x0b10c, trial: 0x7e1a1 } as const;

/** What of a plan decides its order. */
interface Drawn {
  readonly seed: number;
  readonly variants: readonly { readonly name: string }[];
}

/** The order in which a block measures the variants of a plan, by name: a seeded shuffle, drawn anew for every block. */
export function blockOrder({ seed, variants }: Drawn, block: number): readonly string[] {
  const random = createRandom(mix(seed, block, SALT.order));
  const order = variants.map((variant) => variant.name);
  // Fisher and Yates, from the end.
  for (let last = order.length - 1; last > 0; last -= 1) {
    const picked = Math.floor(random() * (last + 1));
    const [one, other] = [order[last], order[picked]];
    if (one === undefined || other === undefined) continue;
    order[last] = other;
    order[picked] = one;
  }
  return order;
}

/** The seed of a block's trials, 32 bits. All variants of a block get the same, so that their arrivals pair. */
export function trialSeed({ seed }: Pick<Drawn, 'seed'>, block: number): number {
  return mix(seed, block, SALT.trial);
}

/** MurmurHash3's finaliser over the three: for one seed and salt a bijection of the block. */
function mix(seed: number, block: number, salt: number): number {
  let hash = Math.imul(seed ^ salt, 0x9e3779b1) + Math.imul(block, 0x85ebca77);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
