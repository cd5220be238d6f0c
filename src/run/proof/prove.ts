import path from 'node:path';
import { monotonicNow } from '../../metrics/index.ts';
import { sortBlocks } from '../../summary/index.ts';
import { formatDuration, type Nanos, nanos } from '../../units/index.ts';
import {
  type LiveGate,
  ofKind,
  type ProofDocument,
  pool,
  proveByReplay,
  type Recording,
  type RecordingKind,
} from '../../verdict/index.ts';
import { policyFor } from '../gate.ts';
import { findArm } from '../gate-arms.ts';
import { buildMeshes } from '../meshes.ts';
import { publish } from '../publish.ts';
import { run } from '../run.ts';
import { liveGates, twiceTheTolerance } from './live.ts';
import { checkStored, type NextRecording, nextRecording, planRecording, type Subject } from './recording-plan.ts';
import type { ProofRequest } from './request.ts';
import { checkSamePlace, readRecording, readStored } from './stored.ts';

/**
 * Proves the gate: records trials without a difference and trials with a calibrated busy-wait, as far as stored recordings do not
 * have them, replays whole gates from all of them, and then runs live gates of both kinds. What was recorded and run is saved
 * whatever becomes of the rest.
 * @throws BenchError usage or preflight before anything was measured; component or interrupted where it ended early.
 */
export async function prove(request: ProofRequest): Promise<ProofDocument> {
  const startedAt = new Date();
  const arm = await findArm('baseline', request.baseline, request.place, request.overrides);
  const subject = { request, arm, policy: policyFor(request, arm, [arm, arm]) };
  const stored = await readStored(request.from, subject.policy, request.out);
  for (const recording of stored.recordings) checkStored(subject, recording);
  const recordings = [...stored.recordings];
  const draft = (): ProofDocument => describe(subject, startedAt, recordings, stored.live);
  let isWhole: boolean;
  try {
    isWhole = await recordAll(subject, recordings);
  } catch (cause) {
    if (recordings.length > 0) await request.save(draft());
    throw cause;
  }
  request.stage(`replaying ${request.counts.gates} gates for each`);
  let proof = draft();
  // Live gates take long: what is proved by then is kept whatever becomes of them.
  await request.save(proof);
  const work = twiceTheTolerance(recordings, subject.policy);
  if (!isWhole || work === undefined) return proof;
  try {
    await liveGates(request, work, stored.live, (live) => {
      proof = { ...proof, live };
    });
  } finally {
    await request.save(proof);
  }
  return proof;
}

/** Records what is lacking until nothing is, the time is spent, or half the trials were vetoed; whether nothing is lacking then. */
async function recordAll(subject: Subject, recordings: Recording[]): Promise<boolean> {
  const until = monotonicNow() + subject.request.recordFor;
  while (true) {
    const next = nextRecording(subject, recordings);
    if (next === undefined) return true;
    const left = nanos(Math.max(0, until - monotonicNow()));
    const block = planRecording(subject, next.variants, 1, nanos(1)).estimate;
    if (left < block) return false;
    subject.request.stage(`${next.what}, ${formatDuration(nanos(block * next.blocks))} without vetoes`);
    const isComplete = await record(subject, next, left, recordings);
    if (!isComplete) return nextRecording(subject, recordings) === undefined;
  }
}

/** Adds what was recorded, whole or not, to the recordings; false where the machine or the time did not allow all of it. */
async function record(subject: Subject, next: NextRecording, time: Nanos, recordings: Recording[]): Promise<boolean> {
  const { request, arm } = subject;
  const plan = planRecording(subject, next.variants, next.blocks, time);
  // The busy-wait is in the mesh of its own variant.
  const meshes = buildMeshes(plan, arm.replay);
  const outcome = await run({
    plan,
    root: request.root,
    out: request.out,
    envoyBin: request.envoyBin,
    replay: undefined,
    calibration: request.calibration,
    own: new Map([...meshes].map(([name, mesh]) => [name, { mesh, envoyBin: arm.envoyBin }])),
    signal: request.signal,
    tell: request.tell,
    say: request.say,
  });
  await publish(outcome.folder, `npm run gate ${arm.scenario.name} -- --prove`);
  const made = await readRecording(outcome.folder, request.out);
  checkSamePlace(recordings, made.record);
  if (sortBlocks(made.record).counts.measured > 0) recordings.push(made);
  if (outcome.error !== undefined) throw outcome.error;
  const { how = 'killed', reason = '' } = made.record.end ?? {};
  if (how !== 'complete') request.stage(`recording ended early: ${reason}; --from goes on with what there is`);
  return how === 'complete';
}

function describe(
  { request, arm, policy }: Subject,
  startedAt: Date,
  recordings: readonly Recording[],
  live: readonly LiveGate[],
): ProofDocument {
  const { counts, seed } = request;
  const pooled = (kind: RecordingKind) => pool(ofKind(recordings, kind).map(({ record }) => record));
  const header = recordings[0]?.record.header;
  return {
    schemaVersion: 1,
    scenario: arm.scenario.name,
    startedAt: startedAt.toISOString(),
    meshbench: header?.meshbench ?? '',
    fingerprint: header?.fingerprint ?? {},
    policy,
    seed,
    wanted: { aaTrials: counts.aaTrials, trialsPerEffect: counts.trialsPerEffect, live: counts.live },
    ...proveByReplay({ aa: pooled('aa'), effects: pooled('effects') }, policy, counts.gates, seed),
    live,
    records: recordings.map(describeRecording),
  };
}

function describeRecording({ kind, folder, record }: Recording): ProofDocument['records'][number] {
  const { header } = record;
  const { counts, trials } = sortBlocks(record);
  const revision = header.fingerprint['meshbench.revision'];
  return {
    kind,
    folder: folder.split(path.sep).join('/'),
    startedAt: header.startedAt,
    revision: typeof revision === 'string' ? revision : null,
    blocks: { measured: counts.measured },
    trials,
  };
}
