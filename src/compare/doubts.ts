import type { ComparedRun, RunComparison } from './comparison.ts';

/** What might be wrong with a comparison of runs, most important first. */
export function doubtsAbout(
  runs: readonly ComparedRun[],
  comparisons: readonly RunComparison[],
  leftOut: number,
): readonly string[] {
  return [
    ...runs.flatMap(({ label, damage }) => damage.map((sentence) => `${label}: ${sentence}`)),
    ...runs.flatMap(notComparable),
    ...runs.flatMap(uncertified),
    'The runs were measured one after another: what the machine was like in each hour is in every difference of a value. ' +
      'What a variant adds to its baseline was measured within each run and is less exposed; meshbench gate measures both arms in one run.',
    ...runs.filter(({ ended }) => ended !== 'complete').map(({ label, ended }) => `${label} ended early: ${ended}.`),
    ...several(comparisons),
    ...(leftOut === 0
      ? []
      : [`${leftOut} further comparisons are not shown: compare fewer runs, or runs of fewer variants (--variants).`]),
  ];
}

function notComparable({ label, notComparable: why }: ComparedRun): readonly string[] {
  const MOST = 4;
  if (why.length === 0) return [];
  const rest = why.length > MOST ? `, and ${why.length - MOST} more` : '';
  return [
    `${label} is not comparable with the first, and nothing is concluded: ${why.slice(0, MOST).join('; ')}${rest}.`,
  ];
}

/** A quick run concludes nothing and has no certificate. */
function uncertified({ label, certificate, mode }: ComparedRun): readonly string[] {
  if (certificate === 'held' || mode === 'quick') return [];
  return [
    certificate === null
      ? `${label} was measured by a harness that was not calibrated.`
      : `${label}: the certificate of the harness ${certificate === 'failed' ? 'failed' : 'could not be judged in all'}.`,
  ];
}

/** Each interval misses the truth in one of twenty cases by itself. */
function several(comparisons: readonly RunComparison[]): readonly string[] {
  const made = comparisons.filter(({ ratio }) => ratio !== null).length;
  if (made < 10) return [];
  return [`${made} intervals of 95 % each are shown: about ${Math.ceil(made / 20)} may miss by chance alone.`];
}
