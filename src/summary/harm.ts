import { figure, listed, percent } from './figure.ts';
import type { Summary, VariantSummary } from './summary.ts';

/** More variants than these are not told one by one. */
const MOST_TOLD = 5;

/** Requests that were due while something was done to a variant, and those of them that failed. */
interface Harm {
  readonly name: string;
  readonly requests: number;
  readonly failed: number;
}

/**
 * Whether a run is about what happened during the measurement: the control plane told its sidecars something, or was gone.
 * Then its answer is who was harmed, or how soon sidecars knew, and not what a request took.
 */
export function isAboutEvents({ variants, knees, blocks }: Summary): boolean {
  if (knees !== undefined || blocks.measured === 0) return false;
  return variants.some((variant) => variant.pushes !== undefined || outage(variant));
}

/** The answer of such a run in a sentence or two; undefined where it is about something else. */
export function eventsAnswer(summary: Summary): string | undefined {
  if (!isAboutEvents(summary)) return undefined;
  if (repairs(summary)) return `Over the whole measurement, ${harmed(summary.variants.map(inAll))}.`;
  const watched = summary.variants.flatMap(whilePushed);
  if (watched.length > 0) return `While pushes went out, ${harmed(watched)}.`;
  const told = summary.variants.filter(({ pushes }) => pushes !== undefined);
  const events = summary.variants.filter(({ phases }) => phases !== undefined).map(fromEventsOn);
  const harm = events.length === 0 ? '' : `During and after the events ${harmed(events)}.`;
  return [...(told.length === 0 ? [] : [propagated(told)]), harm].join(' ').trim();
}

/** Whether pushes end a harm that was there before them: they reveal what sidecars lacked. */
function repairs({ variants }: Summary): boolean {
  const told = variants.flatMap(({ pushes }) => pushes?.differences ?? []);
  return told.length > 0 && told.every(({ what }) => what === 'reveal');
}

function inAll({ name, requests, errors }: VariantSummary): Harm {
  return { name, requests, failed: errors };
}

/** Nothing where nobody looked at what a push did. */
function whilePushed({ name, pushes }: VariantSummary): readonly Harm[] {
  return pushes?.harmed == null ? [] : [{ name, ...pushes.harmed }];
}

function fromEventsOn({ name, phases = [] }: VariantSummary): Harm {
  const own = phases.filter(({ phase }) => phase !== 'before');
  const sum = (of: (phase: (typeof own)[number]) => number): number => own.reduce((total, one) => total + of(one), 0);
  return { name, requests: sum(({ requests }) => requests), failed: sum(({ errors }) => errors) };
}

function outage({ events }: VariantSummary): boolean {
  return events.some(({ action, target }) => ['kill', 'pause'].includes(action) && target.startsWith('control-plane.'));
}

/** `97.9 % of requests failed in all-at-once (979 of 1,000), 25.0 % in gradual (250 of 1,000), none in good`. */
function harmed(harms: readonly Harm[]): string {
  const [some, none] = [harms.filter(({ failed }) => failed > 0), harms.filter(({ failed }) => failed === 0)];
  const unharmed = listed(none.map(({ name }) => name));
  const due = none.reduce((sum, { requests }) => sum + requests, 0);
  if (some.length === 0) return `no request of ${due.toLocaleString('en-US')} failed in ${unharmed}`;
  const told = some.length > MOST_TOLD ? extremes(some) : some;
  const [first = '', ...others] = told.map(({ name, requests, failed }, index) => {
    const share = `${percent(failed / Math.max(1, requests))}${index === 0 ? ' of requests failed' : ''}`;
    return `${share} in ${name} (${failed.toLocaleString('en-US')} of ${requests.toLocaleString('en-US')})`;
  });
  const rest = some.length - told.length;
  return [
    first,
    ...others,
    ...(rest > 0 ? [`a share between these in ${rest} more`] : []),
    ...(none.length > 0 ? [`none in ${unharmed}`] : []),
  ].join(', ');
}

/** The least and the most harmed. */
function extremes(harms: readonly Harm[]): readonly Harm[] {
  const sorted = harms.toSorted((a, b) => b.failed / Math.max(1, b.requests) - a.failed / Math.max(1, a.requests));
  return [...sorted.slice(0, 1), ...sorted.slice(-1)];
}

/** How soon sidecars had acknowledged, and in how many bytes. */
function propagated(variants: readonly VariantSummary[]): string {
  const told = variants.flatMap(({ name, pushes }) => {
    if (pushes?.propagationNs == null) return [];
    return [{ name, ...pushes.propagationNs, bytes: pushes.bytes }];
  });
  const sorted = told.toSorted((a, b) => a.p99 - b.p99);
  const shown = told.length > MOST_TOLD ? [...sorted.slice(0, 1), ...sorted.slice(-1)] : told;
  const [first = '', ...others] = shown.map(({ name, p50, p99, bytes }) => {
    return `${figure(p50, 'ns')} at p50 and ${figure(p99, 'ns')} at p99 in ${name} (${figure(bytes, 'B')} to each)`;
  });
  if (first === '') return 'No sidecar acknowledged what it was told.';
  const rest = told.length - shown.length;
  return `Sidecars had acknowledged a push within ${[first, ...others].join(', ')}${rest > 0 ? `, and between these in ${rest} more` : ''}.`;
}
