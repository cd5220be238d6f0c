import {
  BARS,
  decide,
  type Finding,
  type GateDocument,
  holdBar,
  makePolicy,
  type PowerRow,
  type ProofDocument,
  type ProofRecord,
  type RecordingKind,
  type Stage,
} from '../../src/verdict/index.ts';
import { seeded, simulatedPairs } from '../verdict/simulate.ts';

const POLICY = makePolicy(
  new Map([
    ['responseNs.p50', 0.1],
    ['cpuMsPer1k', 0.1],
  ]),
);

const EFFECTS: Readonly<
  Record<Finding['state'], { readonly effect: number; readonly spread: number; readonly seed: number }>
> = {
  pass: { effect: 1, spread: 0.02, seed: 1 },
  regression: { effect: 1.25, spread: 0.03, seed: 2 },
  open: { effect: 1.05, spread: 0.3, seed: 3 },
};

/** A stage whose decision has this state, from simulated blocks. */
export function stageFixture(state: Finding['state']): Stage {
  const { effect, spread, seed } = EFFECTS[state];
  const pairs = simulatedPairs(seeded(seed), { blocks: 20, effect, spread });
  const look = state === 'open' ? POLICY.looks.at(-1) : POLICY.looks[0];
  if (look === undefined) throw new RangeError('a policy has looks');
  const decision = decide(POLICY, look, pairs);
  if (decision.state !== state) throw new RangeError(`the fixture of ${state} is ${decision.state}`);
  return {
    runId: '0123abcd',
    folder: 'quickstart/2026-11-20-100000-0123abcd',
    blocks: { measured: look.blocks },
    trials: { measured: 2 * look.blocks + 1, vetoed: 1 },
    spoiled: { baseline: 0, candidate: 1 },
    ended: 'complete',
    endReason: `${look.blocks} of 20 blocks were enough to decide`,
    decision,
    watched: [],
  };
}

/** A gate of each verdict that measures something. */
export function gateFixture(verdict: 'pass' | 'regression' | 'inconclusive'): GateDocument {
  const first = stageFixture(verdict === 'pass' ? 'pass' : verdict === 'regression' ? 'regression' : 'open');
  return {
    schemaVersion: 1,
    gateId: '0123abcd',
    scenario: 'quickstart',
    question: 'What does one sidecar hop add to a request?',
    startedAt: '2026-11-20T10:00:00.000Z',
    endedAt: '2026-11-20T10:05:00.000Z',
    meshbench: '0.1.0',
    fingerprint: { 'cpu.model': 'Synthetic CPU', 'cpu.count': 2, 'cpu.governor': null },
    planHash: '9f86d081',
    questionHash: '60303ae2',
    arms: {
      baseline: {
        asked: 'outbound',
        path: 'client → Envoy beside client → server',
        envoy: '9e558093/1.40.0/Clean',
        revision: null,
      },
      candidate: {
        asked: 'outbound,app.work=30us',
        path: 'client → Envoy beside client → server',
        envoy: '9e558093/1.40.0/Clean',
        revision: 'v1.2',
      },
    },
    policy: POLICY,
    verdict,
    reasons: verdict === 'pass' ? [] : [`responseNs.p50 is ${verdict}.`],
    first,
    confirm: verdict === 'regression' ? { ...first, runId: '4567cdef' } : null,
    doubts: ['1 trials were vetoed and repeated: the machine was not quiet.'],
  };
}

/** A proof with what there is to show. */
export function proofFixture(): ProofDocument {
  const tally = (regression: number, inconclusive: number) => ({
    gates: 1000,
    regression,
    inconclusive,
    pass: 1000 - regression - inconclusive,
  });
  const withResult = (row: Omit<PowerRow, 'result'>): PowerRow => ({ ...row, result: holdBar(row) });
  const row = (metric: string, of: string, multiple: number, detected: number) =>
    withResult({
      metric,
      aimedAt: { metric: of, multiple },
      workNs: 10_000 * multiple,
      trials: 60,
      effect: { estimate: 1 + 0.1 * multiple, lower: 1 + 0.09 * multiple, upper: 1 + 0.11 * multiple },
      multiple,
      tally: tally(detected, 1000 - detected),
      bar: metric === of ? (BARS.detection.get(multiple) ?? null) : null,
    });
  return {
    schemaVersion: 1,
    scenario: 'quickstart',
    startedAt: '2026-11-20T10:00:00.000Z',
    meshbench: '0.1.0',
    fingerprint: { 'cpu.model': 'Synthetic CPU', 'cpu.count': 2 },
    policy: POLICY,
    seed: 7,
    wanted: { aaTrials: 200, trialsPerEffect: 60, live: 1 },
    aa: { trials: 200, vetoedTrials: 3, tally: tally(2, 31), upper: 0.0063 },
    power: [
      row('responseNs.p50', 'responseNs.p50', 1.5, 951),
      row('responseNs.p99', 'responseNs.p50', 1.5, 120),
      row('responseNs.p50', 'responseNs.p50', 2, 1000),
      row('cpuMsPer1k', 'cpuMsPer1k', 2, 980),
      { ...row('cpuMsPer1k', 'responseNs.p50', 2, 700), effect: null, multiple: null },
    ],
    live: [
      { injected: false, workNs: 0, gateId: 'aaaa0000', verdict: 'pass', seconds: 101 },
      { injected: true, workNs: 20_000, gateId: 'bbbb1111', verdict: 'regression', seconds: 202 },
    ],
    records: [
      recorded('aa', '2026-11-20-100000-0123abcd', 100),
      recorded('calibration', '2026-11-20-110000-4567cdef', 8),
      recorded('effects', '2026-11-20-120000-89abcdef', 60),
    ],
  };
}

function recorded(kind: RecordingKind, folder: string, measured: number): ProofRecord {
  const startedAt = '2026-11-20T10:00:00.000Z';
  return {
    kind,
    folder: `quickstart/${folder}`,
    startedAt,
    revision: '8a0d749',
    blocks: { measured },
    trials: { measured: 2 * measured + 3, vetoed: 3 },
  };
}
