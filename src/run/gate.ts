import { randomInt } from 'node:crypto';
import path from 'node:path';
import {
  type ArmName,
  type ArmRequest,
  checkSameQuestion,
  type Machine,
  type Overrides,
  type Plan,
  planVariants,
  questionHash,
} from '../plan/index.ts';
import { type RunRecord, readRecord } from '../record/index.ts';
import { BOUNDS } from '../scenario/index.ts';
import type { BenchError } from '../units/index.ts';
import {
  type ArmDescription,
  confirming,
  type GateDocument,
  type GateFailure,
  isDecided,
  isSound,
  judgeGate,
  type Policy,
  readStage,
  type Stage,
} from '../verdict/index.ts';
import type { Calibration } from './certify.ts';
import { type Arm, type ArmPlace, findArm } from './gate-arms.ts';
import { gateDoubts } from './gate-doubts.ts';
import type { Tell } from './progress.ts';
import { publish } from './publish.ts';
import { run } from './run.ts';

/** How a gate is asked for. */
export interface GateRequest {
  readonly place: ArmPlace;
  readonly arms: Readonly<Record<ArmName, ArmRequest>>;
  /** Of the scenario, the same for both arms. */
  readonly overrides: Omit<Overrides, 'variants' | 'trials' | 'quick' | 'replay'>;
  /** The rules, from the scenario's tolerance and from how many blocks fit into a stage's time. */
  readonly policy: (tolerance: number, fitting: number) => Policy;
  /** False ends a gate with what it found first. */
  readonly confirm: boolean;
  readonly machine: Machine;
  readonly root: string;
  readonly out: string;
  readonly envoyBin: string | undefined;
  readonly calibration: Calibration;
  readonly signal: AbortSignal;
  readonly tell: Tell;
  readonly say: (line: string) => void;
}

/** A gate with everything looked up: what is measured, and by which rules. */
export interface Gate {
  readonly request: GateRequest;
  readonly arms: Readonly<Record<ArmName, Arm>>;
  readonly policy: Policy;
}

/**
 * Looks up what both arms name.
 * @throws BenchError usage or preflight; nothing was measured then.
 */
export async function prepareGate(request: GateRequest): Promise<Gate> {
  const { arms: asked, place, overrides } = request;
  const arms = {
    baseline: await findArm('baseline', asked.baseline, place, overrides),
    candidate: await findArm('candidate', asked.candidate, place, overrides),
  };
  checkSameQuestion(arms.baseline, arms.candidate);
  return { request, arms, policy: policyFor(request, arms.candidate, [arms.baseline, arms.candidate]) };
}

/** A stage of a gate is to end within a quarter of an hour, its start and its calibration included. */
const STAGE_NS = 14 * 60e9;

/** The policy of a request for two arms, of which one has the scenario that is measured. */
export function policyFor(
  { policy, overrides, machine }: Pick<GateRequest, 'policy' | 'overrides' | 'machine'>,
  { scenario }: Arm,
  arms: readonly Pick<Arm, 'variant'>[],
): Policy {
  const variants = arms.map(({ variant }) => variant);
  const block = planVariants({ ...scenario, thresholds: [] }, variants, { ...overrides, trials: 1 }, machine).estimate;
  return policy(scenario.tolerance, Math.floor(Math.min(STAGE_NS, scenario.limits.time) / block));
}

/**
 * Measures two arms against each other, decides at the policy's looks, and measures what is found worse once more.
 * Each stage is a run with its own record and report.
 * @throws BenchError usage or preflight before anything was measured.
 */
export async function measureGate(gate: Gate): Promise<GateDocument> {
  const { request, policy } = gate;
  const startedAt = new Date();
  const seed = request.overrides.seed ?? randomInt(BOUNDS.seed);
  const first = await measure(gate, policy, seed);
  const again = request.confirm && isSound(first.stage) ? confirming(policy, first.stage) : undefined;
  if (again !== undefined) request.say('worse by more than the tolerance: measuring again before it counts');
  const confirm = again === undefined ? undefined : await measure(gate, again, (seed + 1) % BOUNDS.seed);
  return describe(gate, startedAt, first, confirm);
}

function makePlan({ request, arms: { baseline, candidate } }: Gate, policy: Policy, seed: number): Plan {
  const { scenario } = candidate;
  const replays = [baseline, candidate].flatMap(({ replaySha256 }) => replaySha256 ?? []);
  const [sha256] = replays;
  return planVariants(
    // Thresholds are those of a run of the scenario: they name variants that a gate does not have.
    { ...scenario, thresholds: [] },
    [baseline.variant, candidate.variant],
    {
      ...request.overrides,
      seed,
      trials: policy.looks.at(-1)?.blocks ?? 1,
      ...(sha256 === undefined ? {} : { replay: { kind: 'config-dump', sha256: replays.join('+') } }),
    },
    request.machine,
  );
}

/** A stage with its record, and what ended it early. */
interface Measured {
  readonly stage: Stage;
  readonly record: RunRecord;
  readonly failure: GateFailure | undefined;
}

async function measure(gate: Gate, policy: Policy, seed: number): Promise<Measured> {
  const { request, arms } = gate;
  let measuring: ArmName | undefined;
  const outcome = await run({
    plan: makePlan(gate, policy, seed),
    root: request.root,
    out: request.out,
    envoyBin: request.envoyBin,
    replay: undefined,
    calibration: request.calibration,
    own: new Map([arms.baseline, arms.candidate].map(({ name, mesh, envoyBin }) => [name, { mesh, envoyBin }])),
    enough: (soFar) => isDecided(soFar, policy),
    signal: request.signal,
    tell: (progress) => {
      if (progress.kind === 'trial-begin') measuring = armNamed(progress.variant);
      request.tell(progress);
    },
    say: request.say,
  });
  await publish(outcome.folder, gateCommand(gate));
  const record = await readRecord(path.join(outcome.folder, 'record.jsonl'));
  return {
    stage: readStage(record, policy, path.relative(request.out, outcome.folder)),
    record,
    failure: failureOf(outcome.error, measuring),
  };
}

function failureOf(error: BenchError | undefined, arm: ArmName | undefined): GateFailure | undefined {
  return error === undefined ? undefined : { arm, message: error.message };
}

function armNamed(variant: string): ArmName | undefined {
  return variant === 'baseline' || variant === 'candidate' ? variant : undefined;
}

function gateCommand({ arms: { baseline, candidate } }: Gate): string {
  const quoted = ({ request }: Arm): string => `'${request.text.replaceAll("'", "'\\''")}'`;
  return `npm run gate ${candidate.scenario.name} -- --baseline ${quoted(baseline)} --candidate ${quoted(candidate)}`;
}

function describe(gate: Gate, startedAt: Date, first: Measured, confirm: Measured | undefined): GateDocument {
  const { arms, policy } = gate;
  const { header } = first.record;
  const judgement = judgeGate(first.stage, confirm?.stage, (confirm ?? first).failure);
  const document = {
    schemaVersion: 1,
    gateId: header.runId,
    scenario: arms.candidate.scenario.name,
    question: arms.candidate.scenario.question,
    startedAt: startedAt.toISOString(),
    endedAt: new Date().toISOString(),
    meshbench: header.meshbench,
    fingerprint: header.fingerprint,
    planHash: header.plan.hash,
    questionHash: questionHash(arms.candidate),
    arms: { baseline: describeArm(arms.baseline, header), candidate: describeArm(arms.candidate, header) },
    policy,
    ...judgement,
    first: first.stage,
    confirm: confirm?.stage ?? null,
  } as const;
  return { ...document, doubts: gateDoubts(document, header.notes, first.record.certificate) };
}

function describeArm({ name, request, variant, mesh }: Arm, { fingerprint }: RunRecord['header']): ArmDescription {
  const build =
    fingerprint[`envoy.${name}.build`] ?? fingerprint[`envoy.${variant.settings.mesh.envoy.version ?? ''}.build`];
  const any = Object.entries(fingerprint).find(([field]) => /^envoy\..*\.build$/u.test(field))?.[1];
  const hasSidecar = mesh.hosts.some(({ sidecar }) => sidecar !== undefined);
  return {
    asked: request.text,
    path: mesh.path,
    envoy: hasSidecar ? String(build ?? any ?? 'unknown') : null,
    revision: request.revision ?? null,
  };
}
