import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { BenchError } from '../units/index.ts';
import { type CommandResult, findCommand, lastLines, runCommand } from './command.ts';
import { alone } from './lock.ts';
import { withoutStartingServices } from './service-policy.ts';

const LOCK_WAIT_SECONDS = 300;
const LISTS_RETRY_MS = 5000;

/** The distribution, as far as installing is concerned. */
export interface Distribution {
  readonly id: string;
  readonly likeDebian: boolean;
}

/** Reads /etc/os-release; an unknown distribution where there is none. */
export async function readDistribution(file = '/etc/os-release'): Promise<Distribution> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const field = (name: string): string => new RegExp(`^${name}="?([^"\n]*)"?$`, 'mu').exec(text)?.[1] ?? '';
  const id = field('ID');
  const family = [id, ...field('ID_LIKE').split(' ')];
  return { id, likeDebian: family.includes('debian') || family.includes('ubuntu') };
}

/** Whether {@link installByApt} may be called: root on Debian, Ubuntu or a descendant. */
export async function canInstall(): Promise<boolean> {
  const isRoot = process.geteuid?.() === 0;
  return isRoot && (await readDistribution()).likeDebian && (await findCommand('apt-get')) !== undefined;
}

/**
 * Installs Debian packages: refreshes the lists first, takes no recommended packages, waits for other users of apt,
 * starts no service, asks nothing.
 * @throws BenchError preflight, with the last lines of apt.
 */
export async function installByApt(
  packages: readonly string[],
  say: (line: string) => void,
  policyFile?: string,
): Promise<void> {
  const waiting = (): void => say('another set-up installs packages, waiting for it');
  await alone('apt', waiting, async () => {
    const startedAt = Date.now();
    say(`installing ${packages.join(', ')} (apt-get)`);
    await updateLists();
    const result = await withoutStartingServices(
      () => aptGet('install', '--no-install-recommends', ...packages),
      policyFile,
    );
    if (result.code !== 0) throw aptFailed(packages, result);
    say(`system packages installed in ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
  });
}

function aptGet(...args: readonly string[]): Promise<CommandResult> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', NEEDRESTART_SUSPEND: '1' };
  return runCommand(['apt-get', '-y', '-o', `DPkg::Lock::Timeout=${LOCK_WAIT_SECONDS}`, ...args], { env });
}

/** A failure is left to the installation to report: old lists may be good enough where a mirror is down. */
async function updateLists(): Promise<void> {
  const until = Date.now() + LOCK_WAIT_SECONDS * 1000;
  let result = await aptGet('update');
  // DPkg::Lock::Timeout holds for dpkg's lock, not for that of the lists.
  while (result.code !== 0 && /Could not get lock/u.test(result.output) && Date.now() < until) {
    await sleep(LISTS_RETRY_MS);
    result = await aptGet('update');
  }
}

function aptFailed(packages: readonly string[], result: CommandResult): BenchError {
  return new BenchError(
    'preflight',
    'APT_FAILED',
    `apt-get could not install ${packages.join(', ')}:\n${lastLines(result.output, 8)}`,
    {
      hint: `see that this works and run the same command again: apt-get update && apt-get install ${packages.join(' ')}`,
    },
  );
}
