import type { Mesh } from '../mesh/index.ts';
import { monotonicNow } from '../metrics/index.ts';
import { blockOrder, trialSeed } from '../plan/index.ts';
import type { End, RecordWriter, Trial } from '../record/index.ts';
import type { World } from '../runtime/index.ts';
import type { RuntimeName } from '../scenario/index.ts';
import type { EnvoyBinary } from '../setup/index.ts';
import { BenchError, nanos } from '../units/index.ts';
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
 * Measures blocks until there are as many whole ones as planned, a vetoed one more than is spare, or no time is left.
 * Every trial is on the disk before the next begins.
 */
export async function repeatBlocks(campaign: Campaign): Promise<Enough> {
  const { plan, tell, enough } = campaign;
  const trials: Trial[] = [];
  const deadline = monotonicNow() + plan.timeLimit;
  let whole = 0;
  for (let block = 0; whole < plan.blocks; block += 1) {
    if (block >= plan.maxBlocks) {
      return { how: 'too-many-vetoes', reason: `${block - whole} of ${block} blocks were vetoed` };
    }
    const end = await runBlock(campaign, trials, block, (plan.blocks - whole) * plan.variants.length, deadline);
    if (end === 'late') return { how: 'time-limit', reason: 'limits.time was spent' };
    if (end === 'whole') whole += 1;
    else await calmDown(campaign, deadline, whole);
    tell({ kind: 'block-end', whole, wanted: plan.blocks, vetoed: block + 1 - whole });
    if (end === 'whole' && whole < plan.blocks && enough(trials)) {
      return { how: 'complete', reason: `${whole} of ${plan.blocks} blocks were enough to decide` };
    }
  }
  return { how: 'complete', reason: '' };
}

/** `trialsLeft` counts this block's trials too; what is measured is added to `trials`. */
async function runBlock(
  campaign: Campaign,
  trials: Trial[],
  block: number,
  trialsLeft: number,
  deadline: number,
): Promise<'whole' | 'vetoed' | 'late'> {
  const { plan, record, tell } = campaign;
  const perTrial = plan.estimate / (plan.blocks * plan.variants.length);
  for (const [position, variant] of blockOrder(plan, block).entries()) {
    if (monotonicNow() + perTrial > deadline) return 'late';
    tell({ kind: 'trial-begin', block, position, variant, left: nanos((trialsLeft - position) * perTrial) });
    const trial = await runIn(campaign, trialSpec(campaign, block, position, variant));
    await record.append(trial);
    trials.push(trial);
    tell({ kind: 'trial-end', trial });
    tellFailedScrapes(trial, tell);
    // The block is discarded as it is: what it would still measure is not waited for. A quick run concludes nothing, so
    // it discards and repeats nothing.
    if (trial.vetoes.length > 0 && plan.mode === 'full') return 'vetoed';
  }
  return 'whole';
}

function runIn({ worlds, plan, signal }: Campaign, spec: TrialSpec): Promise<Trial> {
  const { name } = spec.variant.settings.runtime;
  const world = worlds.get(name);
  if (world === undefined) throw new BenchError('internal', 'NO_SUCH_WORLD', name);
  return runTrial(spec, { world, plan, signal });
}

/** They spoil no trial, but what they should have cost was not measured. */
function tellFailedScrapes({ scrapes, variant }: Trial, tell: Tell): void {
  if (scrapes === undefined || scrapes.failed === 0) return;
  const all = scrapes.succeeded + scrapes.failed;
  tell({ kind: 'note', text: `${variant}: ${scrapes.failed} of ${all} scrapes of stats failed: ${scrapes.problem}` });
}

async function calmDown({ plan, signal, tell }: Campaign, deadline: number, whole: number): Promise<void> {
  const needed = (plan.estimate / plan.blocks) * (plan.blocks - whole);
  const patience = patienceFor(deadline - monotonicNow(), needed);
  await waitForCalm(plan.placement, patience, signal, (text) => tell({ kind: 'note', text }));
}

function trialSpec({ plan, meshes, envoys }: Campaign, block: number, position: number, name: string): TrialSpec {
  const variant = plan.variants.find((candidate) => candidate.name === name);
  const mesh = meshes.get(name);
  if (variant === undefined || mesh === undefined) throw new BenchError('internal', 'NO_SUCH_VARIANT', name);
  const index = block * plan.variants.length + position;
  return { index, block, position, seed: trialSeed(plan, block), variant, mesh, envoy: envoys.get(name)?.path };
}
