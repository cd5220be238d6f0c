import type { RunRecord } from '../record/index.ts';
import { sortBlocks } from '../summary/index.ts';
import { type Decision, decide, lookAt, type Pairs } from './decide.ts';
import type { ArmName } from './document.ts';
import { pairUp, valuesOf, WATCHED } from './pairs.ts';
import type { Policy } from './policy.ts';

/** What one stage of a gate, the measuring or the confirming one, came to. */
export interface Stage {
  readonly runId: string;
  /** The folder of the stage's run, below reports/. */
  readonly folder: string;
  readonly blocks: { readonly measured: number };
  /** All that were run, and those of them that were vetoed. */
  readonly trials: { readonly measured: number; readonly vetoed: number };
  /** Blocks in which a trial of the arm was vetoed. */
  readonly spoiled: Readonly<Record<ArmName, number>>;
  readonly ended: string;
  readonly endReason: string;
  /** The last look that was reached; undefined where there were too few blocks for any. */
  readonly decision: Decision | undefined;
  /** Metrics that are not gated, at the same look. */
  readonly watched: Decision['findings'];
}

/** The pairs of a record so far, in everything that is gated or watched. */
export function recordPairs(record: RunRecord, policy: Policy): Pairs {
  const names = [...new Set([...policy.metrics.map(({ name }) => name), ...WATCHED])];
  const values = valuesOf(record, names);
  return pairUp(values.get('baseline') ?? [], values.get('candidate') ?? [], names);
}

/** Whether a stage can end with these many whole blocks: it is a look, and the look decides. */
export function isDecided(record: RunRecord, policy: Policy): boolean {
  const measured = sortBlocks(record).counts.measured;
  const look = policy.looks.find(({ blocks }) => blocks === measured);
  return look !== undefined && decide(policy, look, recordPairs(record, policy)).state !== 'open';
}

/** What a stage's record says. Pure. */
export function readStage(record: RunRecord, policy: Policy, folder: string): Stage {
  const { counts, trials, spoiled } = sortBlocks(record);
  const look = lookAt(policy, counts.measured);
  const pairs = recordPairs(record, policy);
  const gated = new Set(policy.metrics.map(({ name }) => name));
  const watched = {
    ...policy,
    metrics: WATCHED.filter((name) => !gated.has(name)).map((name) => ({
      name,
      scale: 'ratio' as const,
      tolerance: policy.metrics[0]?.tolerance ?? 0.1,
      guard: 0,
    })),
  };
  return {
    runId: record.header.runId,
    folder,
    blocks: { measured: counts.measured },
    trials,
    spoiled: { baseline: spoiled.get('baseline') ?? 0, candidate: spoiled.get('candidate') ?? 0 },
    ended: record.end?.how ?? 'killed',
    endReason: record.end?.reason ?? '',
    decision: look === undefined ? undefined : decide(policy, look, pairs),
    watched: look === undefined ? [] : decide(watched, look, pairs).findings,
  };
}

/** The policy of a confirming stage: only what was found worse is asked again, with the same budget. Undefined where nothing was. */
export function confirming(policy: Policy, { decision }: Stage): Policy | undefined {
  if (decision?.state !== 'regression') return undefined;
  const worse = new Set(decision.findings.filter(({ state }) => state === 'regression').map(({ metric }) => metric));
  return { ...policy, metrics: policy.metrics.filter(({ name }) => worse.has(name)) };
}
