import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync } from 'node:fs';
import path from 'node:path';
import { DEFAULT_ENVOY_VERSION, prepareRun } from '../../src/setup/index.ts';
import { LIMIT_MS } from './mortal.ts';
import { ROOT } from './root.ts';

/**
 * Runs the program as a user without any right: the program itself, since set-up would refuse a checkout that is not
 * theirs. `home` must be theirs to write.
 */
export function asNobody(
  home: string,
  ...args: readonly string[]
): { readonly code: number | null; readonly stdout: string; readonly stderr: string } {
  const program = `import { main } from ${JSON.stringify(path.join(ROOT, 'dist/src/cli/main.js'))}; process.exitCode = await main(process.argv.slice(1));`;
  const nobody = ['--reuid=65534', '--regid=65534', '--clear-groups'];
  const { DOCKER_HOST } = process.env;
  const docker = DOCKER_HOST === undefined ? {} : { DOCKER_HOST };
  const { status, stdout, stderr } = spawnSync(
    'setpriv',
    [...nobody, process.execPath, '--input-type=module', '-e', program, '--', ...args],
    {
      encoding: 'utf8',
      cwd: '/',
      timeout: LIMIT_MS,
      killSignal: 'SIGKILL',
      env: { PATH: process.env['PATH'], HOME: home, ...docker },
    },
  );
  return { code: status, stdout, stderr };
}

/** Why tests that become that user are skipped; false where they run. */
export const noNobody: string | false = obstacle();

function obstacle(): string | false {
  if (process.geteuid?.() !== 0) return 'the tests run as such a user anyway';
  return asNobody('/', '--version').code === 0 ? false : 'the checkout cannot be read by other users';
}

/** A copy of the pinned Envoy that everybody may run, in a folder that everybody may write. */
export async function envoyForAll(folder: string): Promise<string> {
  const { envoys } = await prepareRun({ envoyVersions: [DEFAULT_ENVOY_VERSION], say: () => undefined });
  const envoy = path.join(folder, 'envoy');
  chmodSync(folder, 0o777);
  copyFileSync(envoys[DEFAULT_ENVOY_VERSION]?.path ?? '', envoy);
  chmodSync(envoy, 0o755);
  return envoy;
}
