import { monotonicNow } from '../metrics/index.ts';
import { blockOrder } from '../plan/index.ts';
import type { Header } from '../record/index.ts';
import { nextRate, ownLateness } from '../summary/index.ts';
import { nanos, perSecond } from '../units/index.ts';
import { type Campaign, calmDown, type Enough, type Measured, measureOne } from './blocks.ts';

/** Vetoed trials of a variant that may be spent on finding what our own loop cannot offer. */
const CEILING_TRIALS = 4;

/**
 * Looks for the knee of every variant: in rounds of one trial of each whose knee is not known yet, at the rate that tells
 * most of it by all trials before. A vetoed trial tells nothing, and the next round asks the same again.
 */
export async function findKnees(campaign: Campaign, header: Header): Promise<Enough> {
  const { plan, tell } = campaign;
  const progress: Measured = { trials: [], vetoed: 0, deadline: monotonicNow() + plan.timeLimit };
  const most = plan.spareTrials + CEILING_TRIALS * plan.variants.length;
  const perTrial = plan.estimate / (plan.blocks * plan.variants.length);
  for (let block = 0; ; block += 1) {
    const open = blockOrder(plan, block).flatMap((variant) => {
      const rate = nextRate({ header, trials: progress.trials }, variant);
      return rate === undefined ? [] : [{ variant, rate }];
    });
    if (open.length === 0) return { how: 'complete', reason: '' };
    for (const [position, { variant, rate }] of open.entries()) {
      if (monotonicNow() + perTrial > progress.deadline) {
        return { how: 'time-limit', reason: 'limits.time was spent' };
      }
      const left = perTrial * Math.max(open.length - position, open.length * (plan.blocks - block) - position);
      const place = { block, position, variant, rate: perSecond(rate) };
      const trial = await measureOne(campaign, progress.trials, place, nanos(left));
      if (trial.vetoes.length === 0 || plan.mode === 'quick') continue;
      progress.vetoed += 1;
      if (progress.vetoed > most) {
        const reason = `${progress.vetoed} of ${progress.trials.length} trials were vetoed`;
        return { how: 'too-many-vetoes', reason };
      }
      // A rate that our own loop cannot offer is no disturbance that would pass.
      if (!ownLateness(trial)) await calmDown(campaign, progress.deadline, left);
    }
    tell({ kind: 'block-end', whole: block + 1, wanted: plan.blocks, vetoed: progress.vetoed });
  }
}
