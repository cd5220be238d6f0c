import { spawn } from 'node:child_process';
import { copyFile, mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import readline from 'node:readline';
import { cacheFolder } from '../src/setup/cache.ts';
import { findCommand, lastLines, runCommand } from '../src/setup/command.ts';
import {
  API_SERVER,
  type BuiltProgram,
  builtFolder,
  furtherVersions,
  ISTIOD,
  istiodOf,
  moduleFolder,
  pinnedVersion,
} from '../src/setup/control-plane-cache.ts';
import { findControlPlane } from '../src/setup/index.ts';
import { alone } from '../src/setup/lock.ts';
import { BenchError } from '../src/units/index.ts';

/**
 * Builds istiod and the API server that it needs out of the modules that tools/control-plane pins, by the ordinary Go
 * client, into the cache: about four minutes each on two processors at the first time. What is there already stays.
 * Usage: npm run build:control-plane [-- --versions], which builds the other versions of istiod that are pinned, too
 */
const VERSIONS = '--versions';
const TELL_EVERY_MS = 10_000;
const LINES_OF_A_FAILURE = 15;
/** What Go prints of a package as it compiles it: its path alone. */
const PACKAGE = /^[^\s:#]+$/u;

try {
  const further = process.argv.includes(VERSIONS) ? furtherVersions().map(istiodOf) : [];
  for (const program of [ISTIOD, API_SERVER, ...further]) await built(program);
  const { lack } = await findControlPlane({ say });
  say(lack === undefined ? 'istiod can be run: controlPlane.kind: istiod' : `${lack.reason}: ${lack.remedy}`);
} catch (error) {
  if (!(error instanceof BenchError)) throw error;
  process.stderr.write(`${[error.message, error.hint].filter(Boolean).join('\n')}\n`);
  process.exitCode = 3;
}

/** @throws BenchError preflight where it cannot be built, with what Go said. */
async function built(program: BuiltProgram): Promise<void> {
  const folder = builtFolder(program, cacheFolder());
  const version = pinnedVersion(program);
  const isThere = async (): Promise<boolean> =>
    (await runCommand(['test', '-x', path.join(folder, program.file)])).code === 0;
  const waiting = (): void => say(`another build makes ${program.file}, waiting for it`);
  await alone(`control-plane ${folder}`, waiting, async () => {
    if (await isThere()) say(`${program.file} ${version} is built: ${folder}`);
    else await build(program, folder, version);
  });
}

async function build(program: BuiltProgram, folder: string, version: string): Promise<void> {
  if ((await findCommand('go')) === undefined) {
    throw new BenchError('preflight', 'GO_MISSING', `building ${program.file} needs Go, which is not on the PATH`, {
      hint: 'install Go 1.26 or later (https://go.dev/dl), or name the programs by ISTIOD_BIN and KUBE_APISERVER_BIN',
    });
  }
  const own = `${folder}.building`;
  await rm(own, { recursive: true, force: true });
  await mkdir(own, { recursive: true });
  const startedAt = Date.now();
  const packages = (await go(program, 'list', '-deps', program.package)).split('\n').length;
  await compile(program, path.join(own, program.file), version, packages);
  const module = (await go(program, 'list', '-m', '-f', '{{.Dir}}', program.module)).trim();
  for (const file of program.beside) await copyFile(path.join(module, file), path.join(own, path.basename(file)));
  await rename(own, folder);
  say(`${program.file} ${version} is built, in ${Math.round((Date.now() - startedAt) / 1000)} s: ${folder}`);
}

/** What Go prints of each package as it compiles it is the progress; all of them where nothing is cached. */
async function compile(program: BuiltProgram, target: string, version: string, packages: number): Promise<void> {
  const { versionVariable } = program;
  const told = versionVariable === undefined ? '' : ` -X ${versionVariable}=${version}`;
  const args = ['build', '-v', '-trimpath', '-ldflags', `-s -w${told}`, '-o', target, program.package];
  const child = spawn('go', args, { cwd: moduleFolder(program), stdio: ['ignore', 'ignore', 'pipe'] });
  const lines: string[] = [];
  const output = readline.createInterface({ input: child.stderr });
  output.on('line', (line) => void lines.push(line));
  say(`building ${program.file} ${version}: up to ${packages} packages`);
  const progress = setInterval(() => say(`${program.file}: ${lines.length} of ${packages} packages`), TELL_EVERY_MS);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  clearInterval(progress);
  if (code === 0) return;
  const said = lines.filter((line) => !PACKAGE.test(line));
  throw goFailed(program, said.slice(0, LINES_OF_A_FAILURE).join('\n'));
}

async function go(program: BuiltProgram, ...args: readonly string[]): Promise<string> {
  const { code, stdout, output } = await runCommand(['go', '-C', moduleFolder(program), ...args]);
  if (code !== 0) throw goFailed(program, lastLines(output, LINES_OF_A_FAILURE));
  return stdout;
}

function goFailed({ file, folder }: BuiltProgram, output: string): BenchError {
  return new BenchError('preflight', 'GO_FAILED', `Go could not build ${file}:\n${output}`, {
    hint: `it needs Go 1.26 or later and its module proxy; try it by hand in tools/control-plane/${folder}`,
  });
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
