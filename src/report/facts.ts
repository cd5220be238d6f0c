import type { Summary } from '../summary/index.ts';
import { envoys } from './envoys.ts';
import { count, figure, instant } from './figures.ts';
import { hasFigures, measures } from './has-figures.ts';
import { sharedSetting } from './tables/settings.ts';
import { visible } from './visible.ts';
import { CHECK_RESULTS } from './words.ts';

/** What was run, where and for how long, a few words each. */
export function facts(summary: Summary): readonly string[] {
  const duration = sharedSetting(summary, 'load.duration');
  const warmup = sharedSetting(summary, 'load.warmup');
  const offered = new Set(summary.variants.map(({ offeredRate }) => offeredRate));
  const [rate] = offered;
  return [
    `${visible(summary.runtime, 40)} runtime`,
    ...envoys(summary),
    ...(offered.size === 1 && rate != null && hasFigures(summary) ? [`${figure(rate, '1/s')} offered`] : []),
    ...(offered.size === 1 && rate === null ? ['closed loop'] : []),
    ...schedule(summary),
    ...(duration === undefined || !measures(summary)
      ? []
      : [`${duration} per trial${warmup === undefined ? '' : ` after ${warmup} of warm-up`}`]),
    ...(measures(summary) ? [blocks(summary)] : []),
    ...certified(summary),
    instant(visible(summary.startedAt, 40)),
  ];
}

/** How requests were spread, where they were not even: shapes are settings of their own below `load.schedule`. */
function schedule(summary: Summary): readonly string[] {
  const schedules = new Set(
    summary.variants.map(({ settings }) => JSON.stringify(record(record(settings)['load'])['schedule'] ?? 'constant')),
  );
  const [only = ''] = schedules;
  if (schedules.size > 1) return ['several schedules'];
  return only === '"constant"'
    ? []
    : [`schedule ${visible(only.replaceAll('"', '').replaceAll(/([:,])/gu, '$1 '), 120)}`];
}

function record(setting: unknown): Readonly<Record<string, unknown>> {
  return typeof setting === 'object' && setting !== null ? (setting as Readonly<Record<string, unknown>>) : {};
}

function blocks({ blocks: { planned, measured }, trials, knees, mode }: Summary): string {
  const text = knees === undefined ? `${count(measured)} of ${count(planned)} blocks` : `${count(measured)} rounds`;
  if (trials.vetoed === 0) return text;
  const share = `${count(trials.vetoed)} of ${count(trials.measured)} trials`;
  return `${text}, ${share} ${mode === 'quick' ? 'disturbed' : 'vetoed'}`;
}

function certified({ certificate }: Summary): readonly string[] {
  if (certificate === null) return [];
  const { symbol, word } = CHECK_RESULTS[certificate.result];
  const held = certificate.checks.filter(({ result }) => result === 'held').length;
  return [`certificate ${symbol} ${word} (${count(held)} of ${count(certificate.checks.length)} checks)`];
}
