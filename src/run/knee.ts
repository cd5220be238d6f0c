import { monotonicNow } from '../metrics/index.ts';
import { blockOrder } from '../plan/index.ts';
import type { Header } from '../record/index.ts';
import { nextRate, ownLateness } from '../summary/index.ts';
import { nanos, perSecond } from '../units/index.ts';
import { type Campaign, calmDown, type Enough, type Measured, measureOne, type Place } from './blocks.ts';

/** Vetoed trials of a variant that may be spent on finding what our own loop cannot offer. */
const CEILING_TRIALS = 4;

/**
 * Looks for the knee of every variant: in rounds of one trial of each whose knee is not known yet, at the rate that tells
 * most of it by all trials before. A vetoed trial tells nothing, and the next round asks the same again.
 */
export async function findKnees(campaign: Campaign, header: Header): Promise<Enough> {
  const { plan, tell } = campaign;
  const progress: Measured = { trials: [], vetoed: 0, deadline: monotonicNow() + plan.timeLimit };
  for (let block = 0; ; block += 1) {
    const open = blockOrder(plan, block).flatMap((variant) => {
      const rate = nextRate({ header, trials: progress.trials }, variant);
      return rate === undefined ? [] : [{ variant, rate: perSecond(rate) }];
    });
    if (open.length === 0) return { how: 'complete', reason: '' };
    for (const [position, next] of open.entries()) {
      const place = { block, position, ...next };
      const end = await measureAt(campaign, progress, place, open.length);
      if (end !== 'goes on') return end;
    }
    tell({ kind: 'block-end', whole: block + 1, wanted: plan.blocks, vetoed: progress.vetoed });
  }
}

/** One trial of a round of `open` variants; the end of the search where no more time, or no calm, is left for it. */
async function measureAt(
  campaign: Campaign,
  progress: Measured,
  place: Place,
  open: number,
): Promise<Enough | 'goes on'> {
  const { plan } = campaign;
  const perTrial = plan.estimate / (plan.blocks * plan.variants.length);
  if (monotonicNow() + perTrial > progress.deadline) return { how: 'time-limit', reason: 'limits.time was spent' };
  const left = perTrial * (open * Math.max(1, plan.blocks - place.block) - place.position);
  const trial = await measureOne(campaign, progress.trials, place, nanos(left));
  if (trial.vetoes.length === 0 || plan.mode === 'quick') return 'goes on';
  progress.vetoed += 1;
  if (progress.vetoed > plan.spareTrials + CEILING_TRIALS * plan.variants.length) {
    const reason = `${progress.vetoed} of ${progress.trials.length} trials were vetoed`;
    return { how: 'too-many-vetoes', reason };
  }
  // A rate that our own loop cannot offer is no disturbance that would pass.
  if (!ownLateness(trial)) await calmDown(campaign, progress.deadline, left);
  return 'goes on';
}
