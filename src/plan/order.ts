import { createRandom } from '../units/index.ts';

/** Keep apart what is drawn from the same seed and block. */
const SALT = { order: 0x0b10c, trial: 0x7e1a1 } as const;

/** What of a plan decides its order. */
interface Drawn {
  readonly seed: number;
  readonly variants: readonly { readonly name: string }[];
}

/**
 * The order in which a block measures the variants of a plan, by name. Blocks come in groups of as many as there are
 * variants, and a group is a Latin square: each variant stands once at every place. Its rows are those of E. J. Williams
 * (Australian Journal of Scientific Research A 2, 1949), so that of an even number of variants each also follows each
 * other once. Which variant is which in the square, and the order of its rows, are drawn anew for every group.
 */
export function blockOrder({ seed, variants }: Drawn, block: number): readonly string[] {
  const size = variants.length;
  const random = createRandom(mix(seed, Math.floor(block / size), SALT.order));
  const names = shuffled(
    variants.map(({ name }) => name),
    random,
  );
  const row = shuffled([...names.keys()], random)[block % size] ?? 0;
  return names.flatMap((_, place) => names[(zigzag(place, size) + row) % size] ?? []);
}

/** First row of Williams' square: 0, 1, n − 1, 2, n − 2, … whose steps are all different where n is even. */
function zigzag(place: number, size: number): number {
  return place % 2 === 1 ? (place + 1) / 2 : (size - place / 2) % size;
}

/** After Fisher and Yates, from the end. */
function shuffled<T>(values: readonly T[], random: () => number): readonly T[] {
  const order = [...values];
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
