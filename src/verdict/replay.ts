import type { Random } from '../units/index.ts';
import { type Decision, decide } from './decide.ts';
import { pairUp, type TrialValues } from './pairs.ts';
import type { Policy } from './policy.ts';
import { confirming, type Stage } from './stage.ts';
import { type GateVerdict, judgeGate } from './verdict.ts';

/** A block as it was recorded: the trial that stands for the baseline, and the one for the candidate. */
export type RecordedBlock = readonly [baseline: TrialValues, candidate: TrialValues];

/** How replayed gates ended. */
export interface Tally {
  readonly gates: number;
  readonly regression: number;
  readonly pass: number;
  readonly inconclusive: number;
}

/**
 * Replays a gate: the whole procedure, looks, confirming run and verdict, on blocks drawn with replacement from recorded
 * ones. Both stages draw anew. Pure.
 */
export function replayGate(blocks: readonly RecordedBlock[], policy: Policy, random: Random): GateVerdict {
  const first = replayStage(blocks, policy, random);
  const again = confirming(policy, first);
  const confirm = again === undefined ? undefined : replayStage(blocks, again, random);
  return judgeGate(first, confirm, undefined).verdict;
}

/** Replays many gates. `mayTurn`: the arms of a block are swapped by a coin, as where both are the same. */
export function replayGates(
  blocks: readonly RecordedBlock[],
  policy: Policy,
  gates: number,
  random: Random,
  mayTurn: boolean,
): Tally {
  const ends = new Map<GateVerdict, number>();
  for (let gate = 0; gate < gates; gate += 1) {
    const turned = mayTurn
      ? blocks.map(([one, other]): RecordedBlock => (random() < 0.5 ? [one, other] : [other, one]))
      : blocks;
    const verdict = replayGate(turned, policy, random);
    ends.set(verdict, (ends.get(verdict) ?? 0) + 1);
  }
  return {
    gates,
    regression: ends.get('regression') ?? 0,
    pass: ends.get('pass') ?? 0,
    inconclusive: ends.get('inconclusive') ?? 0,
  };
}

function replayStage(blocks: readonly RecordedBlock[], policy: Policy, random: Random): Stage {
  const most = policy.looks.at(-1)?.blocks ?? 0;
  const drawn = Array.from({ length: most }, () => blocks[Math.floor(random() * blocks.length)]).filter(
    (block) => block !== undefined,
  );
  const pairs = pairUp(
    drawn.map(([baseline]) => baseline),
    drawn.map(([, candidate]) => candidate),
    policy.metrics.map(({ name }) => name),
  );
  let decision: Decision | undefined;
  for (const look of policy.looks) {
    if (drawn.length < look.blocks) break;
    decision = decide(policy, look, pairs);
    if (decision.state !== 'open') break;
  }
  return {
    runId: '',
    folder: '',
    blocks: { measured: decision?.blocks ?? 0 },
    trials: { measured: 2 * (decision?.blocks ?? 0), vetoed: 0 },
    spoiled: { baseline: 0, candidate: 0 },
    ended: 'complete',
    endReason: '',
    decision,
    watched: [],
  };
}
