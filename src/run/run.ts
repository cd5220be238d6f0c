import { createHash, randomUUID } from 'node:crypto';
import path from 'node:path';
import type { Mesh, Replay } from '../mesh/index.ts';
import { initHistograms } from '../metrics/index.ts';
import type { Plan } from '../plan/index.ts';
import {
  type Certificate,
  type End,
  type Header,
  openRecord,
  type RecordWriter,
  type RunRecord,
  type Trial,
} from '../record/index.ts';
import { type ProgramImage, RUNTIMES } from '../runtime/index.ts';
import { agentNode, type EnvoyBinary } from '../setup/index.ts';
import type { BenchError } from '../units/index.ts';
import { repeatBlocks } from './blocks.ts';
import { pinHarness } from './calm.ts';
import { type Calibration, certify, refusalBy } from './certify.ts';
import { Dumps } from './dumps.ts';
import { asBenchError, closing, howEnded } from './ending.ts';
import { findEnvoys } from './envoys.ts';
import { takeFingerprint } from './fingerprint.ts';
import { createRunFolder, writeConfigurations } from './folder.ts';
import type { GivenIstiod } from './given-istiod.ts';
import { makeHeader } from './header.ts';
import { findKnees } from './knee.ts';
import { refuseWhatLacks } from './lacks.ts';
import { lockMachine } from './lock.ts';
import { buildMeshes } from './meshes.ts';
import type { Tell } from './progress.ts';
import { type ImageWay, pulledPrograms } from './pulled.ts';
import { findReference, type IstiodSetups, referenceFields, referencePaths } from './reference.ts';
import { validateReplay } from './replay-validate.ts';
import { runtimesOf, Worlds } from './worlds.ts';

/** How a run is asked for. */
export interface RunRequest {
  readonly plan: Plan;
  /** Root of the checkout. */
  readonly root: string;
  /** Folder below which the run's own folder is made. */
  readonly out: string;
  readonly envoyBin: string | undefined;
  /** A user's own istiod, and what it is told besides; undefined where it is the one that is built, and told nothing. */
  readonly givenIstiod?: GivenIstiod | undefined;
  /** How images of containers are made; undefined packs them. */
  readonly images?: ImageWay;
  /** A user's configuration for the client's sidecar; undefined where it is ours. */
  readonly replay: Replay | undefined;
  /** Variants whose mesh or Envoy is not what the plan alone makes of them, by name. */
  readonly own?: ReadonlyMap<string, OwnVariant>;
  /** Whether the harness is calibrated first, and whether a certificate that fails ends the run; a quick run has none. */
  readonly calibration: Calibration;
  /** Asked after every whole block: true ends the run before its last planned block. */
  readonly enough?: (soFar: RunRecord) => boolean;
  readonly signal: AbortSignal;
  readonly tell: Tell;
  /** A line of set-up's own progress. */
  readonly say: (line: string) => void;
}

/** What a variant brings along. */
export interface OwnVariant {
  readonly mesh: Mesh;
  /** Path of the Envoy that its sidecars run; undefined is the one of the version that it asks for. */
  readonly envoyBin: string | undefined;
}

/** Where a run left its results, and the error that ended it early, if one did. */
export interface RunOutcome {
  readonly folder: string;
  readonly error: BenchError | undefined;
}

/**
 * The conductor: set-up, record, world, blocks of trials until there are enough whole ones, closing line.
 * Once the record is open nothing throws: how the run ended stands in the record, and the error is returned.
 * @throws BenchError preflight or usage before anything was measured.
 */
export async function run(asked: RunRequest): Promise<RunOutcome> {
  const reference = await findReference(asked.plan, asked);
  const { plan, istiods } = reference;
  const request = { ...asked, plan };
  const { root } = request;
  const runtimes = runtimesOf(plan);
  for (const runtime of runtimes) await refuseWhatLacks(plan, RUNTIMES[runtime]);
  const facts = await Promise.all(runtimes.map((runtime) => RUNTIMES[runtime].facts()));
  const runtime = runtimes.join(' + ');
  const meshes = new Map([...buildMeshes(plan, request.replay), ...ownMeshes(request)]);
  const pulled = pulledPrograms(request.images ?? 'pack', plan, request.say);
  const envoys = await findEnvoys({ ...request, own: ownEnvoys(request), pulled }, meshes);
  await pulled?.node();
  if (plan.replay !== undefined) await validateReplays(plan, meshes, envoys.byVariant);
  await using _place = await lockMachine();
  pinHarness(plan.placement.harness);
  const machine = await takeFingerprint(root, runtime, plan, envoys.named, [...meshes.values()]);
  const fingerprint = Object.assign(
    {},
    machine,
    ...facts,
    pulled?.fingerprint,
    referenceFields(istiods, request.givenIstiod),
  );
  await initHistograms();
  const startedAt = new Date();
  const runId = randomUUID().slice(0, 8);
  const folder = await createRunFolder(request.out, plan.scenario.name, startedAt, runId);
  await writeConfigurations(folder, plan.variants, meshes);
  const about = { runId, startedAt, runtime, root, skipped: reference.skipped };
  const header = makeHeader(plan, meshes, fingerprint, about);
  await using record = await openRecord(path.join(folder, 'record.jsonl'), header);
  request.tell({
    kind: 'begin',
    folder,
    blocks: plan.blocks,
    trialsPerBlock: plan.variants.length,
    estimate: plan.estimate,
  });
  const binaries = { envoys: envoys.byVariant, images: pulled?.byPath ?? new Map(), istiods };
  const place = { record, dumps: new Dumps(folder, plan) };
  const { end, error } = await measureBlocks(request, header, meshes, binaries, place);
  await record.close(end);
  return { folder, error };
}

/** The Envoy of each variant, and the programs that have a public image. */
interface Binaries {
  readonly envoys: ReadonlyMap<string, EnvoyBinary>;
  readonly images: ReadonlyMap<string, ProgramImage>;
  readonly istiods: IstiodSetups;
}

type Ending = { readonly end: End; readonly error: BenchError | undefined };

async function measureBlocks(
  request: RunRequest,
  header: Header,
  meshes: ReadonlyMap<string, Mesh>,
  { envoys, images, istiods }: Binaries,
  { record, dumps }: { readonly record: RecordWriter; readonly dumps: Dumps },
): Promise<Ending> {
  const { plan, root, signal, tell } = request;
  let certificate: Certificate | undefined;
  const enough = (trials: readonly Trial[]): boolean =>
    request.enough?.({ header, certificate, trials, end: undefined, damage: [] }) === true;
  try {
    await using worlds = new Worlds();
    await worlds.open(runtimesOf(plan), {
      harnessCpus: plan.placement.harness,
      readable: [
        ...[root, process.execPath, agentNode().path, ...referencePaths(istiods)],
        ...[...envoys.values()].map((envoy) => envoy.path),
      ],
      images,
    });
    certificate = await certify(request, worlds.byRuntime);
    if (certificate !== undefined) await record.append(certificate);
    const refusal = refusalBy(certificate);
    if (refusal !== undefined) return { end: closing('not-certified', refusal), error: undefined };
    const campaign = { worlds: worlds.byRuntime, plan, signal, meshes, envoys, istiods, dumps, record, tell, enough };
    const { how, reason } = await (plan.knee === undefined ? repeatBlocks(campaign) : findKnees(campaign, header));
    return { end: closing(how, reason), error: undefined };
  } catch (cause) {
    const error = asBenchError(cause);
    return { end: closing(howEnded(error), error.message), error };
  }
}

function ownMeshes({ own }: RunRequest): readonly (readonly [string, Mesh])[] {
  return [...(own ?? [])].map(([name, { mesh }]) => [name, mesh] as const);
}

function ownEnvoys({ own }: RunRequest): ReadonlyMap<string, string> {
  return new Map(
    [...(own ?? [])].flatMap(([name, { envoyBin }]) => (envoyBin === undefined ? [] : [[name, envoyBin]])),
  );
}

/** Variants that differ in the load alone have one configuration, which is asked about once. */
async function validateReplays(
  { variants }: Plan,
  meshes: ReadonlyMap<string, Mesh>,
  envoys: ReadonlyMap<string, EnvoyBinary>,
): Promise<void> {
  const asked = new Set<string>();
  for (const { name } of variants) {
    const mesh = meshes.get(name);
    const envoy = envoys.get(name);
    const config = mesh?.hosts.find(({ load }) => load)?.sidecar?.bootstrap;
    if (mesh === undefined || envoy === undefined || config === undefined) continue;
    const key = createHash('sha256').update(envoy.sha256).update(JSON.stringify(config)).digest('hex');
    if (!asked.has(key)) await validateReplay(mesh, envoy);
    asked.add(key);
  }
}
