import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { BenchError } from '../units/index.ts';
import { type EnvoyBinary, identify, versionOf } from './envoy-binary.ts';

/**
 * The Envoy that the user named. Its hash is recorded, not judged; `keep` writes it down in the cache.
 * @throws BenchError usage, where it is no executable file; preflight, where it is no Envoy
 */
export async function givenEnvoy(named: string, cache: string, keep = true): Promise<EnvoyBinary> {
  const path = await executableFile(named);
  const name = createHash('sha256').update(path).digest('hex').slice(0, 16);
  const { sha256, build } = await identify(path, { stampFile: join(cache, 'given', `${name}.json`), keep });
  return { path, version: versionOf(build), sha256, build, source: 'given' };
}

async function executableFile(named: string): Promise<string> {
  const path = await realpath(named).catch(() => undefined);
  if (path === undefined) throw refusal(named, 'does not exist');
  if (!(await stat(path)).isFile()) throw refusal(named, 'is not a file');
  const mayRun = await access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
  if (!mayRun) throw refusal(named, 'is not executable');
  return path;
}

function refusal(named: string, problem: string): BenchError {
  return new BenchError('usage', 'ENVOY_BIN', `the Envoy binary ${named} ${problem}`, {
    hint: 'name an Envoy program by --envoy-bin or ENVOY_BIN, or leave both out to use the pinned one',
  });
}
