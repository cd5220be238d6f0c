import { createHash, randomUUID } from 'node:crypto';
import path from 'node:path';
import type { Mesh, Replay } from '../mesh/index.ts';
import { initHistograms } from '../metrics/index.ts';
import type { Plan, Variant } from '../plan/index.ts';
import { type End, type Header, openRecord, type RecordWriter, type RunRecord, type Trial } from '../record/index.ts';
import { RUNTIMES } from '../runtime/index.ts';
import { DEFAULT_ENVOY_VERSION, type EnvoyBinary, prepareRun } from '../setup/index.ts';
import { BenchError } from '../units/index.ts';
import { repeatBlocks } from './blocks.ts';
import { pinHarness } from './calm.ts';
import { takeFingerprint } from './fingerprint.ts';
import { createRunFolder, writeConfigurations } from './folder.ts';
import { makeHeader } from './header.ts';
import { refuseWhatLacks } from './lacks.ts';
import { lockMachine } from './lock.ts';
import { buildMeshes } from './meshes.ts';
import type { Tell } from './progress.ts';
import { validateReplay } from './replay-validate.ts';

/** How a run is asked for. */
export interface RunRequest {
  readonly plan: Plan;
  /** Root of the checkout. */
  readonly root: string;
  /** Folder below which the run's own folder is made. */
  readonly out: string;
  readonly envoyBin: string | undefined;
  /** A user's configuration for the client's sidecar; undefined where it is ours. */
  readonly replay: Replay | undefined;
  /** Variants whose mesh or Envoy is not what the plan alone makes of them, by name. */
  readonly own?: ReadonlyMap<string, OwnVariant>;
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
export async function run(request: RunRequest): Promise<RunOutcome> {
  const { plan, root } = request;
  await refuseWhatLacks(plan, RUNTIMES.sandbox);
  const meshes = new Map([...buildMeshes(plan, request.replay), ...ownMeshes(request)]);
  const envoys = await findEnvoys(request, meshes);
  if (plan.replay !== undefined) await validateReplays(plan, meshes, envoys.byVariant);
  await using _place = await lockMachine();
  pinHarness(plan.placement.harness);
  const fingerprint = await takeFingerprint(
    root,
    'sandbox',
    plan,
    envoys.named,
    packetRules(meshes.values()).length > 0,
  );
  await initHistograms();
  const startedAt = new Date();
  const runId = randomUUID().slice(0, 8);
  const folder = await createRunFolder(request.out, plan.scenario.name, startedAt, runId);
  await writeConfigurations(folder, plan.variants, meshes);
  const header = makeHeader(plan, meshes, fingerprint, { runId, startedAt, runtime: 'sandbox', root });
  await using record = await openRecord(path.join(folder, 'record.jsonl'), header);
  request.tell({
    kind: 'begin',
    folder,
    blocks: plan.blocks,
    trialsPerBlock: plan.variants.length,
    estimate: plan.estimate,
  });
  const { end, error } = await measureBlocks(request, header, meshes, envoys.byVariant, record);
  await record.close(end);
  return { folder, error };
}

type Ending = { readonly end: End; readonly error: BenchError | undefined };

async function measureBlocks(
  request: RunRequest,
  header: Header,
  meshes: ReadonlyMap<string, Mesh>,
  envoys: ReadonlyMap<string, EnvoyBinary>,
  record: RecordWriter,
): Promise<Ending> {
  const { plan, root, signal, tell, enough } = request;
  const decided = (trials: readonly Trial[]): boolean =>
    enough?.({ header, trials, end: undefined, damage: [] }) === true;
  try {
    await using world = await RUNTIMES.sandbox.open({
      harnessCpus: plan.placement.harness,
      readable: [root, process.execPath, ...[...envoys.values()].map((envoy) => envoy.path)],
    });
    const { how, reason } = await repeatBlocks({ world, plan, signal, meshes, envoys, record, tell, enough: decided });
    return { end: closing(how, reason), error: undefined };
  } catch (cause) {
    const error = asBenchError(cause);
    return { end: closing(howEnded(error), error.message), error };
  }
}

function ownMeshes({ own }: RunRequest): readonly (readonly [string, Mesh])[] {
  return [...(own ?? [])].map(([name, { mesh }]) => [name, mesh] as const);
}

/** The Envoys of a run: of each variant its own, and each once by the name that the fingerprint has for it. */
interface Envoys {
  readonly byVariant: ReadonlyMap<string, EnvoyBinary>;
  /** By version; one that a variant brings along by the variant's name. */
  readonly named: Readonly<Record<string, EnvoyBinary>>;
}

/** Every Envoy that the variants ask for, found or fetched. */
async function findEnvoys(request: RunRequest, meshes: ReadonlyMap<string, Mesh>): Promise<Envoys> {
  const { own, plan, envoyBin, say } = request;
  const needing = plan.variants.filter(({ name }) =>
    meshes.get(name)?.hosts.some((host) => host.sidecar !== undefined),
  );
  const binOf = (variant: Variant): string | undefined => own?.get(variant.name)?.envoyBin;
  const versions = needing.filter((variant) => binOf(variant) === undefined).map(versionOf);
  const prepared = await prepareRun({
    ...(envoyBin === undefined ? {} : { envoyBin }),
    envoyVersions: [...new Set(versions)],
    packetRules: packetRules(meshes.values()),
    certificates: [...meshes.values()].some((mesh) => mesh.certificates.length > 0),
    say,
  });
  const named: Record<string, EnvoyBinary> = { ...prepared.envoys };
  const byVariant = new Map<string, EnvoyBinary>();
  for (const variant of needing) {
    const bin = binOf(variant);
    const version = versionOf(variant);
    const given = bin === undefined ? undefined : await prepareRun({ envoyBin: bin, envoyVersions: [version], say });
    const envoy = (given ?? prepared).envoys[version];
    if (envoy === undefined) continue;
    byVariant.set(variant.name, envoy);
    if (given !== undefined) named[variant.name] = envoy;
  }
  return { byVariant, named };
}

function versionOf({ settings }: Variant): string {
  return settings.mesh.envoy.version ?? DEFAULT_ENVOY_VERSION;
}

function packetRules(meshes: Iterable<Mesh>): readonly (readonly string[])[] {
  return [...meshes].flatMap(({ hosts }) => hosts.flatMap(({ rules }) => rules));
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

function closing(how: End['how'], reason: string): End {
  return { type: 'end', endedAt: new Date().toISOString(), how, reason: reason.slice(0, 2000) };
}

function howEnded(error: BenchError): End['how'] {
  switch (error.kind) {
    case 'interrupted':
      return 'interrupted';
    case 'component':
      return 'component-failed';
    default:
      return 'internal-error';
  }
}

function asBenchError(cause: unknown): BenchError {
  if (cause instanceof BenchError) return cause;
  const message = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  return new BenchError('internal', 'INTERNAL', message, { cause });
}
