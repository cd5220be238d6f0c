import { formatRate, perSecond, threeDigits } from '../units/index.ts';
import { counted, percent } from './figure.ts';
import type { Summary } from './summary.ts';

/** What variants in a closed loop saturate at, and how they differ; those in an open loop are not compared with them. */
export function saturation({ variants, comparisons, blocks }: Summary): string {
  const told = variants.flatMap(({ name, loop, achievedRate }) =>
    loop === 'closed' && achievedRate !== null ? [`${name} at ${formatRate(perSecond(achievedRate))}`] : [],
  );
  if (told.length === 0) return 'No block was measured to its end: there is no answer.';
  const differences = comparisons.flatMap(({ metric, baseline, candidate, ratio, confidence }) => {
    if (metric !== 'achievedRate' || ratio === null) return [];
    const interval = `×${threeDigits(ratio.lower)} … ×${threeDigits(ratio.upper)}`;
    const level = confidence === null ? '' : `, ${percent(confidence)} interval`;
    return [` ${candidate} takes ×${threeDigits(ratio.estimate)} (${interval}${level}) of what ${baseline} takes.`];
  });
  const medians = `medians of ${counted(blocks.measured, 'block')}`;
  return `In a closed loop ${told.join(', ')} is what saturates (${medians}); it says nothing about latency.${differences.join('')}`;
}
