import type { RunRecord, Trial } from '../record/index.ts';
import type { Summary, VetoedTrial } from './summary.ts';

/** The trials of a run, sorted into those that count and those that do not. */
export interface SortedBlocks {
  readonly counts: Summary['blocks'];
  readonly trials: Summary['trials'];
  /**
   * The trials of whole blocks, which have an unvetoed trial of every variant of the plan. By variant, in the order of
   * the blocks, so that the i-th trials of two variants are a pair.
   */
  readonly whole: ReadonlyMap<string, readonly Trial[]>;
  readonly vetoes: readonly VetoedTrial[];
}

/**
 * A veto discards its trial, which is repeated within the block; a block that lacks a trial of any variant is discarded
 * as a whole, so that what is left stays balanced. A quick run concludes nothing and shows what it saw: its vetoes are
 * listed and discard nothing.
 */
export function sortBlocks({ header, trials }: Pick<RunRecord, 'header' | 'trials'>): SortedBlocks {
  const variants = header.plan.variants.map(({ name }) => name);
  const blocks = new Map<number, Trial[]>();
  for (const trial of trials) {
    const block = blocks.get(trial.block) ?? [];
    block.push(trial);
    blocks.set(trial.block, block);
  }
  const ordered = [...blocks].sort(([a], [b]) => a - b).map(([, block]) => block);
  const discards = header.plan.mode === 'quick' ? () => false : isVetoed;
  const sound = ordered.map((block) => block.filter((trial) => !discards(trial)));
  if (header.plan.knee !== undefined) return ofSearch({ header, trials }, sound, ordered.flat());
  const measured = sound.filter((block) => block.length === variants.length);
  const counting = measured.flat();
  return {
    counts: {
      planned: header.plan.blocks,
      measured: measured.length,
      incomplete: sound.length - measured.length,
    },
    trials: { measured: trials.length, vetoed: trials.filter(isVetoed).length },
    whole: new Map(variants.map((name) => [name, counting.filter(({ variant }) => variant === name)])),
    vetoes: ordered.flat().flatMap(vetoesOf),
  };
}

/** Trials of a search have rates of their own: variants have no trials that could be taken together. */
function ofSearch(
  { header, trials }: Pick<RunRecord, 'header' | 'trials'>,
  sound: readonly (readonly Trial[])[],
  ordered: readonly Trial[],
): SortedBlocks {
  const rounds = sound.filter((round) => round.length > 0).length;
  return {
    counts: { planned: header.plan.blocks, measured: rounds, incomplete: sound.length - rounds },
    trials: { measured: trials.length, vetoed: trials.filter(isVetoed).length },
    whole: new Map(header.plan.variants.map(({ name }) => [name, []])),
    vetoes: ordered.flatMap(vetoesOf),
  };
}

function isVetoed({ vetoes }: Trial): boolean {
  return vetoes.length > 0;
}

function vetoesOf({ block, variant, vetoes }: Trial): readonly VetoedTrial[] {
  return vetoes.map(({ signal, text }) => ({ block, variant, signal, text }));
}
