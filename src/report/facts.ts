import type { Summary } from '../summary/index.ts';
import { envoys } from './envoys.ts';
import { count, figure, instant } from './figures.ts';
import { sharedSetting } from './tables/settings.ts';
import { visible } from './visible.ts';

/** What was run, where and for how long, a few words each. */
export function facts(summary: Summary): readonly string[] {
  const duration = sharedSetting(summary, 'load.duration');
  const warmup = sharedSetting(summary, 'load.warmup');
  const offered = new Set(summary.variants.map(({ offeredRate }) => offeredRate));
  const [rate] = offered;
  return [
    `${visible(summary.runtime, 40)} runtime`,
    ...envoys(summary),
    ...(offered.size === 1 && rate !== undefined ? [`${figure(rate, '1/s')} offered`] : []),
    ...(duration === undefined
      ? []
      : [`${duration} per trial${warmup === undefined ? '' : ` after ${warmup} of warm-up`}`]),
    blocks(summary),
    instant(visible(summary.startedAt, 40)),
  ];
}

function blocks({ blocks: { planned, measured }, trials }: Summary): string {
  const text = `${count(measured)} of ${count(planned)} blocks`;
  return trials.vetoed === 0 ? text : `${text}, ${count(trials.vetoed)} of ${count(trials.measured)} trials vetoed`;
}
