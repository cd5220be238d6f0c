import { randomInt } from 'node:crypto';
import { BOUNDS, kneeProblem, LONGEST_RUN, type Scenario } from '../scenario/index.ts';
import { BenchError, type Bytes, formatBytes, formatDuration, fromSeconds, type Nanos, nanos } from '../units/index.ts';
import { trialTime } from './estimate.ts';
import { hashPlan } from './hash.ts';
import type { Overrides } from './overrides.ts';
import { placeCpus } from './placement.ts';
import type { Plan, Variant } from './plan.ts';
import { decideScheduling } from './scheduling.ts';
import { expandVariants } from './variants.ts';

/** Enough to see that each variant works, and works twice. */
const QUICK_BLOCKS = 2;
/** One is enough where two would take longer than this: who asks for quick does not mean to wait. */
const QUICK_TIME = fromSeconds(120);

/** What a plan must know of the machine. */
export interface Machine {
  /** Processors that this process may use. */
  readonly cpus: readonly number[];
  /** Memory of the machine; undefined where it is not known, and then not asked for. */
  readonly memory?: Bytes;
  /** True where processes may be given SCHED_RR. */
  readonly mayRealtime: boolean;
}

/**
 * Decides everything that a run will do.
 * @throws BenchError usage for overrides that cannot be; preflight where the machine lacks what the scenario needs.
 */
export function createPlan(scenario: Scenario, overrides: Overrides, machine: Machine): Plan {
  return planVariants(scenario, expandVariants(scenario, overrides), overrides, machine);
}

/** The same for variants that are settled already. @throws as {@link createPlan}. */
export function planVariants(
  scenario: Scenario,
  variants: readonly Variant[],
  overrides: Omit<Overrides, 'variants'>,
  machine: Machine,
): Plan {
  const estimate = (blocks: number): Nanos =>
    sum(variants, blocks, ({ settings }) => trialTime(settings, scenario.workloads));
  const quickBlocks = estimate(QUICK_BLOCKS) > QUICK_TIME ? 1 : Math.min(QUICK_BLOCKS, scenario.trials);
  const blocks = overrides.trials ?? (overrides.quick === true ? quickBlocks : scenario.trials);
  checkKnee(scenario, variants, overrides);
  checkLength(variants, blocks);
  checkNeeds(scenario, machine);
  const agents = 1;
  const scheduling = decideScheduling(scenario.scheduling, {
    mayRealtime: machine.mayRealtime,
    contained: variants.some(({ settings }) => settings.runtime.name === 'docker'),
    limited: variants.some(({ settings }) => settings.mesh.envoy.cpuLimit !== undefined),
    saturating: scenario.knee !== undefined || variants.some(({ settings }) => settings.load.loop === 'closed'),
  });
  return {
    scenario,
    mode: overrides.quick === true ? 'quick' : 'full',
    seed: overrides.seed ?? randomInt(BOUNDS.seed + 1),
    variants,
    knee: scenario.knee,
    blocks,
    spareTrials: spareTrials(blocks, variants.length),
    agents,
    placement: placeCpus(machine.cpus, scenario.placement, { goesFirst: scheduling.system === 'realtime' }),
    scheduling,
    timeLimit: scenario.limits.time,
    estimate: estimate(blocks),
    replay: overrides.replay,
    hash: hashPlan(scenario, variants, agents, overrides.replay),
  };
}

/**
 * Vetoed trials that are repeated at most: with v vetoed of t + v run, v ≤ (t + v) / 5 is v ≤ t / 4.
 * As many as there are variants are always spare, so that a single disturbance does not spoil a small run; such a run may
 * still be called invalid.
 */
export function spareTrials(blocks: number, variants: number): number {
  return Math.max(variants, Math.floor((blocks * variants) / 4));
}

/** A search chooses rates: what needs one of its own, or has none, cannot be searched. */
function checkKnee(
  { knee, matrix }: Scenario,
  variants: readonly Variant[],
  { rate }: Omit<Overrides, 'variants'>,
): void {
  if (knee === undefined) return;
  const refuse = (message: string, hint: string): never => {
    throw new BenchError('usage', 'KNEE', message, { hint });
  };
  if (rate !== undefined) refuse('--rate sets a rate, but a search for the knee chooses it', 'leave --rate out');
  if (matrix.some(({ path }) => path === 'load.rate')) {
    refuse('load.rate is an axis of the matrix, but a search for the knee chooses the rate', 'search another scenario');
  }
  for (const { name, settings } of variants) {
    const problem = kneeProblem(settings);
    if (problem !== undefined) refuse(`the load of ${name} ${problem}`, 'choose other variants by --variants');
  }
}

function checkLength(variants: readonly Variant[], blocks: number): void {
  const total = sum(variants, blocks, ({ settings }) => nanos(settings.load.warmup + settings.load.duration));
  if (total <= LONGEST_RUN) return;
  const message = `with these flags the run would take ${formatDuration(total)}; the limit is ${formatDuration(LONGEST_RUN)}`;
  throw new BenchError('usage', 'OVERRIDE_CONFLICT', message, { hint: 'lower --trials or --duration' });
}

function checkNeeds({ needs, name }: Scenario, { cpus, memory }: Machine): void {
  const cores = new Set(cpus).size;
  if (cores < needs.cores) {
    throw lacking(name, `${needs.cores} processors`, `this process may use ${cores}`);
  }
  if (needs.memory !== undefined && memory !== undefined && memory < needs.memory) {
    throw lacking(name, `${formatBytes(needs.memory)} of memory`, `this machine has ${formatBytes(memory)}`);
  }
}

function lacking(name: string, need: string, have: string): BenchError {
  return new BenchError('preflight', 'NEEDS', `the scenario ${name} needs ${need}, but ${have}`, {
    hint: 'run it on a larger machine; `needs` in the scenario says what it must have',
  });
}

function sum(variants: readonly Variant[], blocks: number, time: (variant: Variant) => Nanos): Nanos {
  return nanos(blocks * variants.reduce((total, variant) => total + time(variant), 0));
}
