import { createHash, randomUUID } from 'node:crypto';
import path from 'node:path';
import type { Mesh, Replay } from '../mesh/index.ts';
import { initHistograms } from '../metrics/index.ts';
import type { Plan } from '../plan/index.ts';
import { type End, openRecord, type RecordWriter } from '../record/index.ts';
import { RUNTIMES, type World, type WorldOptions } from '../runtime/index.ts';
import type { RuntimeName } from '../scenario/index.ts';
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
  readonly signal: AbortSignal;
  readonly tell: Tell;
  /** A line of set-up's own progress. */
  readonly say: (line: string) => void;
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
  const runtimes = runtimesOf(plan);
  for (const runtime of runtimes) await refuseWhatLacks(plan, RUNTIMES[runtime]);
  const facts = await Promise.all(runtimes.map((runtime) => RUNTIMES[runtime].facts()));
  const runtime = runtimes.join(' + ');
  const meshes = buildMeshes(plan, request.replay);
  const envoys = await findEnvoys(request, [...meshes]);
  if (request.replay !== undefined) await validateReplays(plan, meshes, envoys);
  await using _place = await lockMachine();
  pinHarness(plan.placement.harness);
  const machine = await takeFingerprint(root, runtime, plan, envoys, [...meshes.values()]);
  const fingerprint = Object.assign({}, machine, ...facts);
  await initHistograms();
  const startedAt = new Date();
  const runId = randomUUID().slice(0, 8);
  const folder = await createRunFolder(request.out, plan.scenario.name, startedAt, runId);
  await writeConfigurations(folder, plan.variants, meshes);
  const header = makeHeader(plan, meshes, fingerprint, { runId, startedAt, runtime, root });
  await using record = await openRecord(path.join(folder, 'record.jsonl'), header);
  request.tell({
    kind: 'begin',
    folder,
    blocks: plan.blocks,
    trialsPerBlock: plan.variants.length,
    estimate: plan.estimate,
  });
  const { end, error } = await measureBlocks(request, meshes, envoys, record);
  await record.close(end);
  return { folder, error };
}

type Ending = { readonly end: End; readonly error: BenchError | undefined };

async function measureBlocks(
  request: RunRequest,
  meshes: ReadonlyMap<string, Mesh>,
  envoys: Readonly<Record<string, EnvoyBinary>>,
  record: RecordWriter,
): Promise<Ending> {
  const { plan, signal, tell } = request;
  try {
    await using worlds = new Worlds();
    for (const runtime of runtimesOf(plan)) {
      worlds.open.set(runtime, await RUNTIMES[runtime].open(worldOptions(request, envoys)));
    }
    const { how, reason } = await repeatBlocks({ worlds: worlds.open, plan, signal, meshes, envoys, record, tell });
    return { end: closing(how, reason), error: undefined };
  } catch (cause) {
    const error = asBenchError(cause);
    return { end: closing(howEnded(error), error.message), error };
  }
}

/** The worlds of a run, which end together. */
class Worlds implements AsyncDisposable {
  readonly open = new Map<RuntimeName, World>();

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.open.values()].map((world) => world[Symbol.asyncDispose]()));
  }
}

/** Where the hosts of the variants live, each once. */
function runtimesOf({ variants }: Plan): readonly RuntimeName[] {
  return [...new Set(variants.map(({ settings }) => settings.runtime.name))];
}

function worldOptions({ plan, root }: RunRequest, envoys: Readonly<Record<string, EnvoyBinary>>): WorldOptions {
  const readable = [root, process.execPath, ...Object.values(envoys).map((envoy) => envoy.path)];
  return { harnessCpus: plan.placement.harness, readable };
}

/** Every Envoy that the variants ask for, found or fetched, by version. */
async function findEnvoys(
  request: RunRequest,
  meshes: readonly (readonly [string, Mesh])[],
): Promise<Record<string, EnvoyBinary>> {
  const needing = new Set(
    meshes.filter(([, mesh]) => mesh.hosts.some((host) => host.sidecar !== undefined)).map(([name]) => name),
  );
  const versions = request.plan.variants
    .filter(({ name }) => needing.has(name))
    .map(({ settings }) => settings.mesh.envoy.version ?? DEFAULT_ENVOY_VERSION);
  const { envoyBin, say } = request;
  const prepared = await prepareRun({
    ...(envoyBin === undefined ? {} : { envoyBin }),
    envoyVersions: [...new Set(versions)],
    sandbox: runtimesOf(request.plan).includes('sandbox'),
    packetRules: packetRules(meshes.map(([, mesh]) => mesh)),
    certificates: meshes.some(([, mesh]) => mesh.certificates.length > 0),
    say,
  });
  return { ...prepared.envoys };
}

function packetRules(meshes: Iterable<Mesh>): readonly (readonly string[])[] {
  return [...meshes].flatMap(({ hosts }) => hosts.flatMap(({ rules }) => rules));
}

/** Variants that differ in the load alone have one configuration, which is asked about once. */
async function validateReplays(
  { variants }: Plan,
  meshes: ReadonlyMap<string, Mesh>,
  envoys: Readonly<Record<string, EnvoyBinary>>,
): Promise<void> {
  const asked = new Set<string>();
  for (const { name, settings } of variants) {
    const mesh = meshes.get(name);
    const version = settings.mesh.envoy.version ?? DEFAULT_ENVOY_VERSION;
    const envoy = envoys[version];
    const config = mesh?.hosts.find(({ load }) => load)?.sidecar?.bootstrap;
    if (mesh === undefined || envoy === undefined || config === undefined) continue;
    const key = createHash('sha256').update(version).update(JSON.stringify(config)).digest('hex');
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
