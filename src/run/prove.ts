import path from 'node:path';
import { type ArmName, type ArmRequest, type Plan, planVariants, readArm, type Variant } from '../plan/index.ts';
import { type RunRecord, readRecord } from '../record/index.ts';
import { applyPatch, LONGEST_RUN } from '../scenario/index.ts';
import { BenchError, formatDuration, type Nanos, nanos, printDuration } from '../units/index.ts';
import {
  type GateDocument,
  type LiveGate,
  MULTIPLES,
  type Policy,
  type ProofDocument,
  proveByReplay,
  timePerRequest,
} from '../verdict/index.ts';
import { type GateRequest, measureGate, prepareGate } from './gate.ts';
import { type Arm, findArm } from './gate-arms.ts';
import { publish } from './publish.ts';
import { run } from './run.ts';

/** How much is measured and replayed. */
export interface ProofCounts {
  /** Trials without a difference; half of them stand for each arm. */
  readonly aaTrials: number;
  readonly trialsPerEffect: number;
  readonly gates: number;
  /** Live gates without a difference, and as many with twice the tolerance. */
  readonly live: number;
}

/** How a proof is asked for: a gate's request, whose baseline stands for both arms. */
export interface ProofRequest extends Omit<GateRequest, 'arms'> {
  readonly baseline: ArmRequest;
  readonly counts: ProofCounts;
  readonly seed: number;
  /** A line about what comes next. */
  readonly stage: (line: string) => void;
  /** Takes the proof before its live gates are run. */
  readonly save: (proof: ProofDocument) => Promise<void>;
  /** What is done with every live gate's document. */
  readonly keep: (gate: GateDocument) => Promise<void>;
}

/** Blocks by which the busy-wait's effect on each metric is found out. */
const CALIBRATION_BLOCKS = 8;
/** Where its effect is looked for first: so many times the tolerance of the first metric. */
const FIRST_GUESS = 2;

/**
 * Proves the gate: records trials without a difference and trials with a calibrated busy-wait, replays whole gates from
 * them, and then runs live gates of both kinds.
 * @throws BenchError usage or preflight before anything was measured; component or interrupted where a recording ended early.
 */
export async function prove(request: ProofRequest): Promise<ProofDocument> {
  const startedAt = new Date();
  const arm = await findArm('baseline', request.baseline, request.place, request.overrides);
  const policy = request.policy(arm.scenario.tolerance);
  request.stage(`recording ${request.counts.aaTrials} trials without a difference`);
  const aa = await record(
    request,
    arm,
    [named(arm, 'baseline'), named(arm, 'candidate')],
    Math.ceil(request.counts.aaTrials / 2),
  );
  const guess = workFor(aa, policy.metrics[0]?.name ?? '', policy.metrics[0]?.tolerance ?? 0.1, FIRST_GUESS, 1);
  request.stage(`finding out what a busy-wait of ${formatDuration(guess)} does`);
  const trial = await record(request, arm, [named(arm, 'baseline'), injected(arm, 'guess', guess)], CALIBRATION_BLOCKS);
  const effects = await record(
    request,
    arm,
    effectVariants(request, arm, policy, trial, guess),
    request.counts.trialsPerEffect,
  );
  request.stage(`replaying ${request.counts.gates} gates for each`);
  const replayed = proveByReplay(
    { aa: aa.record, effects: effects.record },
    policy,
    request.counts.gates,
    request.seed,
  );
  const { header } = aa.record;
  const proof: ProofDocument = {
    schemaVersion: 1,
    scenario: arm.scenario.name,
    startedAt: startedAt.toISOString(),
    meshbench: header.meshbench,
    fingerprint: header.fingerprint,
    policy,
    seed: request.seed,
    ...replayed,
    live: [],
    records: [aa, trial, effects].map(({ folder }) => path.relative(request.out, folder)),
  };
  // Live gates take long: what is proved by then is kept whatever becomes of them.
  await request.save(proof);
  return { ...proof, live: await liveGates(request, twice(replayed.power, policy)) };
}

/** A recording that ended as planned. */
interface Recording {
  readonly record: RunRecord;
  readonly folder: string;
}

async function record(
  request: ProofRequest,
  arm: Arm,
  variants: readonly Variant[],
  blocks: number,
): Promise<Recording> {
  const outcome = await run({
    plan: recordingPlan(request, arm, variants, blocks),
    root: request.root,
    out: request.out,
    envoyBin: request.envoyBin,
    replay: undefined,
    own: new Map(variants.map(({ name }) => [name, { mesh: arm.mesh, envoyBin: arm.envoyBin }])),
    signal: request.signal,
    tell: request.tell,
    say: request.say,
  });
  await publish(outcome.folder, `npm run gate ${arm.scenario.name} -- --prove`);
  if (outcome.error !== undefined) throw outcome.error;
  return { record: await readRecord(path.join(outcome.folder, 'record.jsonl')), folder: outcome.folder };
}

function recordingPlan(
  request: ProofRequest,
  { scenario, replaySha256 }: Arm,
  variants: readonly Variant[],
  blocks: number,
): Plan {
  const replay = replaySha256 === undefined ? {} : { replay: { kind: 'config-dump', sha256: replaySha256 } as const };
  return planVariants(
    { ...scenario, thresholds: [], limits: { time: LONGEST_RUN } },
    variants,
    { ...request.overrides, ...replay, seed: request.seed, trials: blocks },
    request.machine,
  );
}

/** The arm itself under another name. */
function named({ variant }: Arm, name: ArmName): Variant {
  return { ...variant, name, base: name, baseline: 'baseline' };
}

function injected({ variant }: Arm, name: string, work: Nanos, axes: Variant['axes'] = {}): Variant {
  const settings = applyPatch(variant.settings, { app: { work: nanos(variant.settings.app.work + work) } });
  return { name, base: name, baseline: 'baseline', axes: { ...axes, workNs: String(work) }, settings };
}

/** Of every gated time its busy-waits, calibrated by what the first guess did to it. */
function effectVariants(
  request: ProofRequest,
  arm: Arm,
  policy: Policy,
  { record: trial }: Recording,
  guess: Nanos,
): readonly Variant[] {
  const times = policy.metrics.filter(
    ({ name, scale }) => scale === 'ratio' && timePerRequest(trial, 'baseline', name) !== null,
  );
  const variants = times.flatMap(({ name, tolerance }) => {
    const [before, after] = [timePerRequest(trial, 'baseline', name) ?? 0, timePerRequest(trial, 'guess', name) ?? 0];
    const slope = Math.max((after - before) / guess, 0.1);
    request.stage(`a busy-wait of 1 µs makes ${name} ${formatDuration(nanos(1000 * slope))} worse`);
    return MULTIPLES.map((multiple) => {
      const work = nanos(Math.round((multiple * tolerance * before) / slope / 100) * 100);
      return injected(arm, `${name} by ${multiple} tolerances`, work, { metric: name, multiple: String(multiple) });
    });
  });
  if (variants.length === 0) {
    throw new BenchError('usage', 'PROOF_METRICS', 'a busy-wait shows in times alone, and none is gated', {
      hint: 'gate responseNs.p50 or cpuMsPer1k',
    });
  }
  request.stage(
    `recording ${request.counts.trialsPerEffect} trials of each of ${variants.map(({ axes }) => formatDuration(nanos(Number(axes['workNs'])))).join(', ')}`,
  );
  return [named(arm, 'baseline'), ...variants];
}

function workFor({ record: aa }: Recording, metric: string, tolerance: number, multiple: number, slope: number): Nanos {
  const time = timePerRequest(aa, 'baseline', metric);
  if (time === null) {
    throw new BenchError('usage', 'PROOF_METRICS', `a busy-wait cannot be calibrated for ${metric}`, {
      hint: 'name a time first: --metric responseNs.p50',
    });
  }
  return nanos(Math.max(100, Math.round((multiple * tolerance * time) / slope / 100) * 100));
}

/** The busy-wait that was calibrated for twice the tolerance of the first metric. */
function twice(power: ProofDocument['power'], { metrics: [first] }: Policy): Nanos {
  const row = power.find(({ aimedAt }) => aimedAt.metric === first?.name && aimedAt.multiple === 2);
  return nanos(row?.workNs ?? 0);
}

async function liveGates(request: ProofRequest, work: Nanos): Promise<readonly LiveGate[]> {
  const gates: LiveGate[] = [];
  const { baseline, counts } = request;
  const worse = readArm(`${baseline.text},app.work=${printDuration(work)}`);
  for (let turn = 0; turn < 2 * counts.live; turn += 1) {
    const isInjected = turn % 2 === 1;
    request.stage(
      `live gate ${turn + 1} of ${2 * counts.live}: ${isInjected ? 'twice the tolerance' : 'no difference'}`,
    );
    const from = Date.now();
    const overrides = { ...request.overrides, seed: request.seed + 2 * turn + 2 };
    const gate = await measureGate(
      await prepareGate({ ...request, overrides, arms: { baseline, candidate: isInjected ? worse : baseline } }),
    );
    await request.keep(gate);
    const { gateId, verdict } = gate;
    gates.push({
      injected: isInjected,
      workNs: isInjected ? work : 0,
      gateId,
      verdict,
      seconds: (Date.now() - from) / 1000,
    });
    if (verdict === 'interrupted')
      throw new BenchError('interrupted', 'INTERRUPTED', 'interrupted: what was measured is kept');
  }
  return gates;
}
