import type { Interval } from '../../load/index.ts';
import { Distribution } from '../../metrics/index.ts';
import { visible } from '../../report/index.ts';
import type { VariantSummary } from '../../summary/index.ts';
import { formatDuration, formatRate, nanos, perSecond } from '../../units/index.ts';
import type { FailureReason } from './load-failures.ts';

/** Further quantiles of a response time, with the requests that each needs: ten of them lie beyond it. */
const FAR = [
  { name: 'p9999', fraction: 0.9999, title: 'p99.99', requests: 100_000 },
  { name: 'p99999', fraction: 0.99999, title: 'p99.999', requests: 1_000_000 },
] as const;

/** Response times in ns beyond p99.9, by name; null where there were too few requests. */
export type FarTail = Readonly<Record<(typeof FAR)[number]['name'], number | null>>;

/** Reads them from the histogram of all response times. */
export function farTail(response: string): FarTail {
  const distribution = Distribution.decode(response);
  const read = FAR.map(({ name, fraction, requests }) => {
    return [name, distribution.count < requests ? null : distribution.quantile(fraction)] as const;
  });
  return Object.fromEntries(read) as FarTail;
}

/** One second as it ends: what was answered, and how fast. */
export function secondLine({ second, outcomes, histograms }: Interval): string {
  const response = Distribution.decode(histograms.response);
  const [p50, p99] = [response.quantile(0.5), response.quantile(0.99)].map(duration);
  const times = response.count === 0 ? '' : `, p50 ${p50}, p99 ${p99}, max ${duration(response.max)}`;
  return `${second + 1} s: ${outcomesLine(outcomes)}${times}`;
}

/** What was measured, for a person. */
export function describeLoad(
  variant: VariantSummary,
  {
    far,
    failures,
    notes,
  }: { readonly far: FarTail; readonly failures: readonly FailureReason[]; readonly notes: readonly string[] },
): string {
  const line = (name: string, values: Readonly<Record<string, number | null>>): string =>
    `${name.padEnd(14)}${Object.entries(values)
      .map(([key, value]) => `${key} ${duration(value)}`)
      .join('   ')}\n`;
  const { responseNs, serviceNs, queueWaitNs, releaseLagNs } = variant;
  const pick = ({ p50, p90, p99, p999, max }: typeof responseNs) => ({ p50, p90, p99, 'p99.9': p999, max });
  const { p50, p99, p999 } = releaseLagNs;
  const { max, ...quantiles } = pick(responseNs);
  const beyond = FAR.flatMap(({ name, title }) => (far[name] === null ? [] : [[title, far[name]] as const]));
  return [
    `${variant.requests} requests: ${outcomesLine(variant.outcomes)}\n`,
    `${variant.offeredRate === null ? 'closed loop' : `offered ${formatRate(perSecond(variant.offeredRate))}`}, achieved ${variant.achievedRate === null ? '–' : formatRate(perSecond(variant.achievedRate))}${variant.overloaded ? ' (overloaded)' : ''}\n`,
    ...failures.map(
      ({ outcome, reason, requests }) => `${'failed'.padEnd(14)}${requests} ${outcome}: ${visible(reason, 200)}\n`,
    ),
    ...(variant.loop === 'closed'
      ? [line('service time', pick(serviceNs)), CLOSED_LOOP]
      : [
          line('response time', { ...quantiles, ...Object.fromEntries(beyond), max }),
          line('service time', pick(serviceNs)),
          line('queue wait', pick(queueWaitNs)),
        ]),
    ...reconnectsLine(variant),
    ...(variant.loop === 'closed' ? [] : [line('release lag', { p50, p99, 'p99.9': p999 })]),
    ...notes.map((note) => `mind: ${note}\n`),
  ].join('');
}

const CLOSED_LOOP =
  'mind: a closed loop asks a slow server less: these times leave out what users would wait, and are no response times\n';

function reconnectsLine({ reconnects }: VariantSummary): readonly string[] {
  if (reconnects === undefined) return [];
  const { count, p50, p99, max } = reconnects;
  return [`${'reconnects'.padEnd(14)}${count}, p50 ${duration(p50)}   p99 ${duration(p99)}   max ${duration(max)}\n`];
}

function duration(ns: number | null): string {
  return ns === null ? '–' : formatDuration(nanos(ns));
}

function outcomesLine(outcomes: Readonly<Record<string, number | undefined>>): string {
  const parts = Object.entries(outcomes).map(([name, count]) => `${count} ${name}`);
  return parts.length === 0 ? 'nothing ended' : parts.join(', ');
}
