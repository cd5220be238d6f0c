import type { FailedRequest, LoadTotal } from '../../load/index.ts';

/** Why requests failed, and how many did so alike. */
export interface FailureReason {
  readonly outcome: FailedRequest['outcome'];
  /** As the first of them said it: numbers in it may differ in the others. */
  readonly reason: string;
  readonly requests: number;
}

/** Longest list of reasons; what is rarer is left out. */
const MOST_REASONS = 20;

/** Reasons of the failed requests that were kept, the most frequent first. */
export function failureReasons({ failed }: Pick<LoadTotal, 'failed'>): readonly FailureReason[] {
  const reasons = new Map<string, FailureReason>();
  for (const { outcome, detail } of failed) {
    const key = `${outcome}: ${detail.replaceAll(/\d+/gu, '#')}`;
    const { reason = detail, requests = 0 } = reasons.get(key) ?? {};
    reasons.set(key, { outcome, reason, requests: requests + 1 });
  }
  return [...reasons.values()].sort((a, b) => b.requests - a.requests).slice(0, MOST_REASONS);
}
