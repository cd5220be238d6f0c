import {
  type Attempt,
  CHECK_LIMITS,
  type Check,
  type CheckName,
  certificateResult,
  judgeCheck,
  VETO_LIMITS,
} from '../../gate/index.ts';
import { monotonicNow } from '../../metrics/index.ts';
import { type Certificate, CHECKS } from '../../record/index.ts';
import { median } from '../../stats/index.ts';
import type { Deployment } from '../deploy.ts';
import { isVirtual } from '../fingerprint.ts';
import { deployFor, measureOn, type TrialSurroundings } from '../trial.ts';
import { Bystanders } from './bystanders.ts';
import { clockStep } from './clock.ts';
import {
  type Calibrated,
  capacityOf,
  delayError,
  floorOf,
  loopGaps,
  neighbours,
  releaseError,
  sameTwice,
  stallError,
} from './readings.ts';
import { calibrationTrial, highestRate, type Kind } from './trials.ts';

/** How calibration is asked for. */
export interface CalibrationRequest extends TrialSurroundings {
  readonly form: Certificate['form'];
  readonly insisted: boolean;
}

/** The trials of one attempt, in order; the same twice has two of `floor`. */
const ONCE: readonly Kind[] = ['floor', 'known', 'capacity', 'floor'];

/** The trials that a check needs, so that what held is not measured again. */
const NEEDS: Readonly<Record<CheckName, readonly Kind[]>> = {
  clock: [],
  floor: ['floor'],
  delay: ['floor', 'known'],
  stall: ['floor', 'known'],
  releaseError: ['floor'],
  loopGaps: ['floor'],
  neighbours: ['floor'],
  capacity: ['capacity'],
  sameTwice: ['floor'],
};

/** Attempts at what fails or is spoiled, and attempts that are made in any case. */
const ATTEMPTS = { short: { most: 2, least: 1 }, long: { most: 8, least: 5 } } as const;

/** Rates that the long form tries one after the other, up to the first that is not held, as multiples of the first. */
const CLIMB = 1.5;
const MOST_CLIMBS = 8;

type Attempts = Readonly<Record<CheckName, readonly Attempt[]>>;

/** A calibration under way: its trials have fresh processes in hosts that are made once, which take longest in containers. */
interface Calibrating extends CalibrationRequest {
  readonly deployment: Deployment;
  /** True until the first trial: the processes that it measures came up with the hosts. */
  fresh: boolean;
}

/**
 * Measures what is known, in the place and by the program of the trials that follow. What fails, or was spoiled by the
 * machine, is measured again before it counts.
 * @throws BenchError component when a component dies; interrupted when the signal is aborted.
 */
export async function calibrate(asked: CalibrationRequest): Promise<Certificate> {
  const startedAt = new Date().toISOString();
  const from = monotonicNow();
  await using deployment = await deployFor(calibrationTrial('floor', asked.plan), asked);
  const request: Calibrating = { ...asked, deployment, fresh: true };
  const { most, least } = ATTEMPTS[request.form];
  const rounds: Attempts[] = [];
  let checks: readonly Check[] = [];
  while (rounds.length < least || (rounds.length < most && certificateResult({ checks }) !== 'held')) {
    const open = checks.filter(({ result }) => result !== 'held').map(({ check }) => check);
    rounds.push(await attempt(request, rounds.length < least ? CHECKS : open));
    checks = judge(rounds, request);
  }
  if (request.form === 'long') checks = await climb(request, checks);
  const { form, insisted } = request;
  return { type: 'certificate', startedAt, tookNs: monotonicNow() - from, form, insisted, checks: [...checks] };
}

async function attempt(request: Calibrating, wanted: readonly CheckName[]): Promise<Attempts> {
  const done: { readonly kind: Kind; readonly one: Calibrated }[] = [];
  const needed = new Set(wanted.flatMap((check) => NEEDS[check]));
  for (const kind of ONCE.filter((each) => needed.has(each))) done.push({ kind, one: await measure(kind, request) });
  const of = (kind: Kind): readonly Calibrated[] => done.filter((each) => each.kind === kind).map(({ one }) => one);
  const floors = of('floor');
  const [first, second] = floors;
  const floor = median(floors.flatMap((one) => floorOf(one).value ?? []));
  return {
    clock: [clockStep()],
    floor: floors.map(floorOf),
    delay: of('known').map((one) => delayError(one, floor)),
    stall: of('known').map((one) => stallError(one, floor)),
    releaseError: floors.map(releaseError),
    loopGaps: floors.map(loopGaps),
    neighbours: floors.length === 0 ? [] : [neighbours([...floors, ...of('known')])],
    capacity: of('capacity').map((one) => capacityOf(one, VETO_LIMITS.releaseLag)),
    sameTwice: first === undefined || second === undefined ? [] : [sameTwice(first, second)],
  };
}

async function measure(kind: Kind, request: Calibrating, rate?: number): Promise<Calibrated> {
  const spec = calibrationTrial(kind, request.plan, rate);
  const { load, shared } = request.plan.placement;
  if (!(request.fresh && kind === 'floor')) await request.deployment.renew(spec.mesh);
  request.fresh = false;
  const bystanders = new Bystanders(load);
  const trial = await measureOn(request.deployment, spec, request, new Date().toISOString());
  const { settings } = spec.variant;
  return { trial, settings, neighbours: bystanders.describe(), shared, virtual: isVirtual() };
}

/** The short form asks whether it can be done; the long one, how it is as a rule. */
function judge(rounds: readonly Attempts[], { plan, form }: CalibrationRequest): readonly Check[] {
  return CHECKS.map((check) => {
    const attempts = rounds.flatMap((round) => round[check]);
    const limit = check === 'capacity' ? highestRate(plan) : CHECK_LIMITS[check];
    if (form === 'short') return judgeCheck(check, attempts, limit);
    return { ...judgeCheck(check, [middle(attempts)], limit), attempts: attempts.length };
  });
}

/** The median of the attempts that no weather spoiled, or of all where it spoiled each. */
function middle(attempts: readonly Attempt[]): Attempt {
  const calm = attempts.filter(({ weather }) => weather === undefined);
  const kept = calm.length > 0 ? calm : attempts;
  const { weather, cause } = kept.at(-1) ?? {};
  return { value: median(kept.flatMap(({ value }) => value ?? [])), weather, cause };
}

/** Raises the rate until our own loop does not hold it: what it held last is the capacity. */
async function climb(request: Calibrating, checks: readonly Check[]): Promise<readonly Check[]> {
  const tried: Attempt[] = [];
  let rate = checks.find(({ check }) => check === 'capacity')?.value ?? 0;
  for (let step = 0; step < MOST_CLIMBS && rate > 0; step += 1) {
    rate *= CLIMB;
    const found = capacityOf(await measure('capacity', request, rate), VETO_LIMITS.releaseLag);
    if (found.value === null || found.value < rate) break;
    tried.push(found);
  }
  const best = tried.at(-1);
  if (best === undefined) return checks;
  const capacity = judgeCheck('capacity', [best], highestRate(request.plan));
  return checks.map((one) => (one.check === 'capacity' ? { ...capacity, attempts: one.attempts + tried.length } : one));
}
