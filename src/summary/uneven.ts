import { probabilityOfHits } from '../stats/index.ts';

/** So improbable a share of the vetoes is no chance. */
const CHANCE = 0.01;

/**
 * The variant that vetoes hit more often than chance lets them, undefined where they fell evenly: what they discard of it
 * is no random part then, and its trials that are left look better than it is. Exact (Fisher), over all variants (Bonferroni).
 * @param spoiled by variant, the blocks in which a trial of it was vetoed: a gust that vetoes a trial and its repetition counts once.
 * @param blocks in which each variant had its place.
 */
export function mostVetoed(spoiled: ReadonlyMap<string, number>, blocks: number): string | undefined {
  const drawn = [...spoiled.values()].reduce((sum, hits) => sum + hits, 0);
  const all = blocks * spoiled.size;
  const improbable = [...spoiled]
    .map(([name, hits]) => ({ name, p: probabilityOfHits(hits, drawn, blocks, all) }))
    .filter(({ p }) => p <= CHANCE / spoiled.size)
    .toSorted((one, other) => one.p - other.p);
  return improbable[0]?.name;
}
