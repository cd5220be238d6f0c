import type { Mesh } from '../mesh/index.ts';
import { monotonicNow } from '../metrics/index.ts';
import { blockOrder, trialSeed } from '../plan/index.ts';
import type { End, RecordWriter, Trial } from '../record/index.ts';
import type { World } from '../runtime/index.ts';
import type { RuntimeName } from '../scenario/index.ts';
import type { EnvoyBinary } from '../setup/index.ts';
import { BenchError, type Nanos, nanos, type Rate } from '../units/index.ts';
import { patienceFor, waitForCalm } from './calm.ts';
import type { Tell } from './progress.ts';
import { runTrial, type TrialSpec, type TrialSurroundings } from './trial.ts';

/** What the blocks of a run share. */
export interface Campaign extends Omit<TrialSurroundings, 'world'> {
  /** Those that the variants need. */
  readonly worlds: ReadonlyMap<RuntimeName, World>;
  readonly meshes: ReadonlyMap<string, Mesh>;
  /** By the name of the variant that runs it. */
  readonly envoys: ReadonlyMap<string, EnvoyBinary>;
  readonly record: RecordWriter;
  readonly tell: Tell;
  /** Asked after every whole block, with all trials so far: true ends the run. */
  readonly enough: (trials: readonly Trial[]) => boolean;
}

/** How the blocks came to their end in good order. */
export type Enough = Pick<End, 'how' | 'reason'>;

/**
 * Measures as many blocks as planned, unless more trials are vetoed than are spare, or no time is left.
 * Every trial is on the disk before the next begins.
 */
export async function repeatBlocks(campaign: Campaign): Promise<Enough> {
  const { plan, tell, enough } = campaign;
  const progress: Measured = { trials: [], vetoed: 0, deadline: monotonicNow() + plan.timeLimit };
  for (let block = 0; block < plan.blocks; block += 1) {
    for (const [position, variant] of blockOrder(plan, block).entries()) {
      const end = await runUntilSound(campaign, progress, { block, position, variant });
      if (end !== 'sound') return end;
    }
    const whole = block + 1;
    tell({ kind: 'block-end', whole, wanted: plan.blocks, vetoed: progress.vetoed });
    if (whole < plan.blocks && enough(progress.trials)) {
      return { how: 'complete', reason: `${whole} of ${plan.blocks} blocks were enough to decide` };
    }
  }
  return { how: 'complete', reason: '' };
}

/** What a campaign has come to so far. */
export interface Measured {
  readonly trials: Trial[];
  vetoed: number;
  /** On the monotonic clock, ns. */
  readonly deadline: number;
}

/** Which trial is next. */
export interface Place {
  readonly block: number;
  readonly position: number;
  readonly variant: string;
  /** Undefined is the variant's own. */
  readonly rate?: Rate;
}

/**
 * Measures one trial, and again after each veto, when the machine is calm. Only the trial is discarded: with a whole
 * block of twelve for each, one spoiled trial in twenty would discard half of all blocks. A quick run concludes
 * nothing, so it repeats nothing.
 */
async function runUntilSound(campaign: Campaign, progress: Measured, place: Place): Promise<Enough | 'sound'> {
  const { plan } = campaign;
  const { trials, deadline } = progress;
  const perTrial = plan.estimate / (plan.blocks * plan.variants.length);
  const left = perTrial * (plan.variants.length * (plan.blocks - place.block) - place.position);
  for (;;) {
    if (monotonicNow() + perTrial > deadline) return { how: 'time-limit', reason: 'limits.time was spent' };
    const trial = await measureOne(campaign, trials, place, nanos(left));
    if (trial.vetoes.length === 0 || plan.mode === 'quick') return 'sound';
    progress.vetoed += 1;
    if (progress.vetoed > plan.spareTrials) {
      return { how: 'too-many-vetoes', reason: `${progress.vetoed} of ${trials.length} trials were vetoed` };
    }
    await calmDown(campaign, deadline, left);
  }
}

/** One trial, which is on the disk, and among `trials`, when this resolves; `left` is what the run should still take. */
export async function measureOne(campaign: Campaign, trials: Trial[], place: Place, left: Nanos): Promise<Trial> {
  const { record, tell } = campaign;
  tell({ kind: 'trial-begin', ...place, left });
  const trial = await runIn(campaign, trialSpec(campaign, trials.length, place));
  await record.append(trial);
  trials.push(trial);
  tell({ kind: 'trial-end', trial });
  tellFailedScrapes(trial, tell);
  return trial;
}

function runIn({ worlds, plan, istiods, dumps, signal }: Campaign, spec: TrialSpec): Promise<Trial> {
  const { name } = spec.variant.settings.runtime;
  const world = worlds.get(name);
  if (world === undefined) throw new BenchError('internal', 'NO_SUCH_WORLD', name);
  return runTrial(spec, { world, plan, istiods, dumps, signal });
}

/** They spoil no trial, but what they should have cost was not measured. */
function tellFailedScrapes({ scrapes, variant }: Trial, tell: Tell): void {
  if (scrapes === undefined || scrapes.failed === 0) return;
  const all = scrapes.succeeded + scrapes.failed;
  tell({ kind: 'note', text: `${variant}: ${scrapes.failed} of ${all} scrapes of stats failed: ${scrapes.problem}` });
}

/** `needed`: what the trials that are left will take, ns. */
export async function calmDown({ plan, signal, tell }: Campaign, deadline: number, needed: number): Promise<void> {
  const patience = patienceFor(deadline - monotonicNow(), needed);
  await waitForCalm(plan.placement, patience, signal, (text) => tell({ kind: 'note', text }));
}

function trialSpec({ plan, meshes, envoys }: Campaign, index: number, place: Place): TrialSpec {
  const { block, position, variant: name, rate } = place;
  const variant = plan.variants.find((candidate) => candidate.name === name);
  const mesh = meshes.get(name);
  if (variant === undefined || mesh === undefined) throw new BenchError('internal', 'NO_SUCH_VARIANT', name);
  return { index, block, position, seed: trialSeed(plan, block), variant, mesh, envoy: envoys.get(name)?.path, rate };
}
