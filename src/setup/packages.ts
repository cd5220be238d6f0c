import { BenchError } from '../units/index.ts';
import { canInstall, type Distribution, installByApt, readDistribution } from './apt.ts';
import { missingOf, type NeededCommand, packagesOf } from './system-packages.ts';

/**
 * Sees that the commands are there: installs what is missing where it may, refuses with the command to run where not.
 * `also` is missing as well, by another test than for a command.
 * @throws BenchError preflight
 */
export async function ensureCommands(
  needed: readonly NeededCommand[],
  say: (line: string) => void,
  also: readonly NeededCommand[] = [],
): Promise<void> {
  const missing = await missingOf(needed);
  if (missing.length + also.length === 0) return;
  await ensurePackages([...missing, ...also], say);
  const still = await missingOf(missing);
  if (still.length > 0) throw await missingError(still);
}

/**
 * Installs the packages of `missing` where this user may.
 * @throws BenchError preflight, with the one command to run where this user may not.
 */
async function ensurePackages(missing: readonly NeededCommand[], say: (line: string) => void): Promise<void> {
  const distribution = await readDistribution();
  if (!(await canInstall()) || missing.some((need) => isSnapOnly(need, distribution)))
    throw await missingError(missing);
  await installByApt(packagesOf(missing), say);
}

/** Ubuntu's chromium package installs a snap, which needs a running snapd. */
function isSnapOnly(need: NeededCommand, distribution: Distribution): boolean {
  return need.package === 'chromium' && distribution.id === 'ubuntu';
}

async function missingError(missing: readonly NeededCommand[]): Promise<BenchError> {
  const what = missing.map((need) => `${need.commands[0]} (${need.purpose})`).join(', ');
  return new BenchError('preflight', 'COMMANDS_MISSING', `this machine lacks ${what}`, {
    hint: installHint(missing, await readDistribution()),
  });
}

/** The one command that brings what is missing. */
export function installHint(missing: readonly NeededCommand[], distribution: Distribution): string {
  if (!distribution.likeDebian) {
    return `install these commands from your distribution's packages; on Debian they are ${packagesOf(missing).join(', ')}`;
  }
  const installable = missing.filter((need) => !isSnapOnly(need, distribution));
  const command =
    installable.length === 0
      ? []
      : [
          `run: sudo apt-get update && sudo apt-get install --no-install-recommends ${packagesOf(installable).join(' ')}`,
        ];
  const browser =
    installable.length === missing.length
      ? []
      : ['install Google Chrome, or another Chromium than the snap, so that its command is on the PATH'];
  return [...command, ...browser].join('; and ');
}
