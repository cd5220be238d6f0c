import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Mesh, Replay } from '../mesh/index.ts';
import {
  type ArmName,
  type ArmRequest,
  armVariant,
  isEnvoyVersion,
  type Overrides,
  type Variant,
} from '../plan/index.ts';
import { parseScenario, readScenario, type Scenario } from '../scenario/index.ts';
import { BenchError } from '../units/index.ts';
import { buildMeshes } from './meshes.ts';
import { readReplayFile } from './replay-file.ts';

const execute = promisify(execFile);
/** A scenario's own limit, and room for Git to say that it is more. */
const LARGEST = 300_000;
/** What Git takes for a revision, and no option of it. */
const REVISION = /^[A-Za-z0-9_][A-Za-z0-9_./~^@{}-]{0,199}$/u;

/** An arm with everything that it names looked up. */
export interface Arm {
  readonly name: ArmName;
  readonly request: ArmRequest;
  readonly scenario: Scenario;
  readonly variant: Variant;
  readonly mesh: Mesh;
  /** Path of a binary; undefined is the pinned one of the variant's version. */
  readonly envoyBin: string | undefined;
  readonly replay: Replay | undefined;
  /** SHA-256 of a replayed configuration. */
  readonly replaySha256: string | undefined;
}

/** How files of an arm are found. */
export interface ArmPlace {
  /** Path of the scenario's file. */
  readonly file: string;
  /** A path as the user meant it. */
  readonly resolve: (file: string) => string;
}

/**
 * Looks up what an arm names: a scenario at a revision, an Envoy, a configuration.
 * @throws BenchError preflight, ARM_MISSING, where it is not there; usage where it cannot be measured.
 */
export async function findArm(name: ArmName, request: ArmRequest, place: ArmPlace, overrides: Overrides): Promise<Arm> {
  const scenario =
    request.revision === undefined
      ? await readScenario(place.file)
      : await scenarioAt(name, request.revision, place.file);
  const variant = armVariant(name, request, scenario, overrides);
  const read = request.replay === undefined ? undefined : await readReplay(name, request.replay, place);
  const mesh = buildMeshes({ scenario, variants: [variant] }, read?.replay).get(name);
  if (mesh === undefined) throw new BenchError('internal', 'ARM_WITHOUT_MESH', name);
  const envoyBin = await envoyBinOf(name, request, place);
  return { name, request, scenario, variant, mesh, envoyBin, replay: read?.replay, replaySha256: read?.sha256 };
}

async function scenarioAt(arm: ArmName, revision: string, file: string): Promise<Scenario> {
  if (!REVISION.test(revision)) throw missing(arm, `${JSON.stringify(revision)} is no revision of Git`);
  const [folder, base] = [path.dirname(file), path.basename(file)];
  try {
    const { stdout } = await execute('git', ['-C', folder, 'show', `${revision}:./${base}`], { maxBuffer: LARGEST });
    return parseScenario(stdout, file);
  } catch (cause) {
    if (cause instanceof BenchError) throw cause;
    throw missing(arm, `Git has no ${base} at the revision ${revision} in ${folder}`, cause);
  }
}

async function readReplay(
  arm: ArmName,
  { kind, file }: NonNullable<ArmRequest['replay']>,
  { resolve }: ArmPlace,
): Promise<{ readonly replay: Replay; readonly sha256: string }> {
  const found = resolve(file);
  await mustExist(arm, found, 'configuration');
  const { source, sha256 } = await readReplayFile(found, kind);
  return { replay: { source, listener: undefined, authority: undefined }, sha256 };
}

async function envoyBinOf(arm: ArmName, { envoy }: ArmRequest, { resolve }: ArmPlace): Promise<string | undefined> {
  if (envoy === undefined || isEnvoyVersion(envoy)) return undefined;
  const found = resolve(envoy);
  await mustExist(arm, found, 'Envoy');
  return found;
}

async function mustExist(arm: ArmName, file: string, what: string): Promise<void> {
  await access(file).catch((cause: unknown) => {
    throw missing(arm, `there is no ${what} at ${file}`, cause);
  });
}

function missing(arm: ArmName, what: string, cause?: unknown): BenchError {
  return new BenchError('preflight', 'ARM_MISSING', `the ${arm} is not there: ${what}`, {
    hint: 'nothing was measured; name what is there, or build it first',
    cause,
  });
}
