import type { Certificate } from '../record/index.ts';
import { formatDuration, formatRate, nanos, perSecond, threeDigits } from '../units/index.ts';
import { VETO_LIMITS } from './veto.ts';

/** One line of a certificate. */
export type Check = Certificate['checks'][number];
export type CheckName = Check['check'];

/** One try at a check. */
export interface Attempt {
  /** Null where it could not be measured. */
  readonly value: number | null;
  /** What the machine did meanwhile that may explain a failure and will pass; undefined where it was calm. */
  readonly weather?: string | undefined;
  /** What may explain a failure and will stay: it is named in the verdict. */
  readonly cause?: string | undefined;
}

/**
 * Limits of calibration, fixed before any run. What a trial is vetoed by has the limit of the veto: a certificate must not
 * ask more of a machine than the trials that follow. The others stand at several times what a noisy machine of two
 * virtual processors shows (docs/measurement.md has figures).
 */
export const CHECK_LIMITS = {
  clock: 10_000,
  floor: 500_000,
  delay: 1_000_000,
  stall: 5_000_000,
  releaseError: VETO_LIMITS.releaseLag,
  loopGaps: VETO_LIMITS.loopGaps,
  neighbours: 0.05,
  capacity: 2000,
  sameTwice: 1.5,
} as const satisfies Readonly<Record<CheckName, number>>;

interface Rule {
  readonly unit: Check['unit'];
  /** The check's subject in a sentence. */
  readonly what: string;
  readonly holds: (value: number, limit: number) => boolean;
}

const atMost = (value: number, limit: number): boolean => value <= limit;
const atLeast = (value: number, limit: number): boolean => value >= limit;

const RULES: Readonly<Record<CheckName, Rule>> = {
  clock: { unit: 'ns', what: 'the coarsest step of the clock', holds: atMost },
  floor: { unit: 'ns', what: 'p50 of a responder that answers at once', holds: atMost },
  delay: { unit: 'ns', what: 'p50 of a known delay is off by', holds: atMost },
  stall: { unit: 'ns', what: 'p90 under a known stall is off by', holds: atMost },
  releaseError: { unit: 'ns', what: 'release lag of our own loop, p99', holds: atMost },
  loopGaps: { unit: 'share', what: 'time in which our own loop stood still', holds: atMost },
  neighbours: { unit: 'share', what: "the load's time lost to other tasks on its processor", holds: atMost },
  capacity: { unit: '1/s', what: 'the rate that our own loop released in time', holds: atLeast },
  sameTwice: { unit: 'ratio', what: 'the same measured twice differs in p50 by', holds: atMost },
};

/**
 * The verdict over the attempts at one check. One that holds is enough: what can be read exactly once is not prevented by
 * the harness. A failure counts where the machine was calm; where each was spoiled, nothing can be said.
 */
export function judgeCheck(check: CheckName, attempts: readonly Attempt[], limit: number = CHECK_LIMITS[check]): Check {
  const { unit, what, holds } = RULES[check];
  const line = (result: Check['result'], value: number | null, text: string): Check => {
    return { check, value, limit, unit, result, attempts: attempts.length, text };
  };
  const measured = attempts.filter(isMeasured);
  const held = measured.find(({ value }) => holds(value, limit));
  if (held !== undefined) return line('held', held.value, `${what}: ${print(held.value, unit)}`);
  const bounds = `limit ${print(limit, unit)}`;
  const failed = measured.findLast(({ weather }) => weather === undefined);
  if (failed !== undefined) {
    const because = failed.cause === undefined ? '' : `; ${failed.cause}`;
    return line('failed', failed.value, `${what}: ${print(failed.value, unit)}, ${bounds}${because}`);
  }
  const last = measured.at(-1);
  if (last === undefined) return line('not-judged', null, `${what}: not measured`);
  return line('not-judged', last.value, `${what}: ${print(last.value, unit)}, ${bounds}, but ${last.weather ?? ''}`);
}

/** What a certificate comes to: a failed check fails it; where one could not be judged, it is not whole. */
export function certificateResult({ checks }: Pick<Certificate, 'checks'>): Check['result'] {
  if (checks.some(({ result }) => result === 'failed')) return 'failed';
  return checks.length === 0 || checks.some(({ result }) => result === 'not-judged') ? 'not-judged' : 'held';
}

function isMeasured(attempt: Attempt): attempt is Attempt & { readonly value: number } {
  return attempt.value !== null && Number.isFinite(attempt.value);
}

function print(value: number, unit: Check['unit']): string {
  switch (unit) {
    case 'ns':
      return formatDuration(nanos(value));
    case 'share':
      return `${(100 * value).toFixed(1)} %`;
    case 'ratio':
      return `×${threeDigits(value)}`;
    case '1/s':
      return formatRate(perSecond(value));
  }
}
