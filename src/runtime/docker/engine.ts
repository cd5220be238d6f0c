import type Docker from 'dockerode';
import { BenchError } from '../../units/index.ts';

/** Of Docker 20.10, the first with everything that is used here. */
const OLDEST_API = [1, 41] as const;
/** The newest API that this was written for: later ones refuse sysctls that name an interface. */
const NEWEST_API = [1, 47] as const;
const TIMEOUT_MS = 10_000;

/** A Docker daemon of this machine that answered. */
export interface Engine {
  readonly docker: Docker;
  readonly socketPath: string;
  readonly info: EngineInfo;
}

/** What the daemon says of itself, as far as it is used. */
export interface EngineInfo {
  readonly ServerVersion: string;
  readonly Driver: string;
  readonly CgroupVersion?: string;
  readonly CgroupDriver?: string;
  readonly DefaultRuntime?: string;
  readonly SecurityOptions?: readonly string[];
  readonly BridgeNfIptables?: boolean;
  readonly CpuCfsQuota?: boolean;
  readonly CPUSet?: boolean;
  readonly OSType?: string;
}

/**
 * Reaches the daemon that DOCKER_HOST names, or the usual one.
 * @throws BenchError preflight, where there is none, this user may not, it is too old, or it is not of this machine.
 */
export async function openEngine(env: NodeJS.ProcessEnv = process.env): Promise<Engine> {
  const socketPath = socketOf(env['DOCKER_HOST']);
  const Client = await client();
  const ask = new Client({ socketPath, timeout: TIMEOUT_MS });
  const { ApiVersion } = await ask.version().catch((error: unknown) => {
    throw unreachable(socketPath, error);
  });
  const version = negotiate(ApiVersion);
  const docker = new Client({ socketPath, version: `v${version}` });
  const info = (await docker.info()) as EngineInfo;
  const unfit = unfitBecause(info);
  if (unfit !== undefined) throw unfit;
  return { docker, socketPath, info };
}

/** It brings a hundred modules, which commands that need no Docker do not load. */
async function client(): Promise<typeof Docker> {
  return (await import('dockerode')).default;
}

/** The socket of the daemon. @throws BenchError preflight for one that is not a socket of this machine. */
export function socketOf(host: string | undefined): string {
  if (host === undefined || host === '') return '/var/run/docker.sock';
  const path = /^unix:\/\/(\/.+)$/u.exec(host)?.[1];
  if (path !== undefined) return path;
  throw new BenchError('preflight', 'DOCKER_REMOTE', `DOCKER_HOST is ${host}, which is not a socket of this machine`, {
    hint: 'requests are timed by one clock, so load and harness must be on one machine: run meshbench there, or unset DOCKER_HOST',
  });
}

/** The API version to speak. @throws BenchError preflight where the daemon's newest is too old. */
export function negotiate(newest: string): string {
  const [major = 0, minor = 0] = newest.split('.').map(Number);
  if (major < OLDEST_API[0] || (major === OLDEST_API[0] && minor < OLDEST_API[1])) {
    throw new BenchError(
      'preflight',
      'DOCKER_OLD',
      `this Docker speaks API ${newest}, and ${OLDEST_API.join('.')} is needed`,
      {
        hint: 'use Docker 20.10 or later',
      },
    );
  }
  return major > NEWEST_API[0] || minor > NEWEST_API[1] ? NEWEST_API.join('.') : newest;
}

/** What of a daemon cannot be measured with; undefined where all can. */
export function unfitBecause(info: EngineInfo): BenchError | undefined {
  const refuse = (code: string, message: string, hint: string): BenchError =>
    new BenchError('preflight', code, message, { hint });
  if (info.OSType !== undefined && info.OSType !== 'linux') {
    return refuse('DOCKER_NOT_LINUX', `this Docker runs ${info.OSType} containers`, 'use a Docker of Linux containers');
  }
  if (info.SecurityOptions?.some((option) => option.startsWith('name=rootless')) === true) {
    return refuse(
      'DOCKER_ROOTLESS',
      'this Docker is rootless: its containers get no processors of their own, and reach each other through another network stack',
      'use the sandbox, which needs no root either (leave out --runtime docker), or a Docker of the system',
    );
  }
  if (info.CPUSet === false) {
    return refuse(
      'DOCKER_NO_CPUSET',
      'this Docker cannot keep containers on chosen processors',
      'mount the cpuset controller of cgroups',
    );
  }
  return undefined;
}

function unreachable(socketPath: string, cause: unknown): BenchError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const fail = (name: string, text: string, hint: string): BenchError =>
    new BenchError('preflight', name, text, { hint, cause });
  switch (code) {
    case 'ENOENT':
      return fail(
        'DOCKER_MISSING',
        `no Docker daemon: there is no ${socketPath}`,
        'install and start Docker (on Debian the package docker.io), name its socket in DOCKER_HOST, or leave out --runtime docker',
      );
    case 'EACCES':
    case 'EPERM':
      return fail(
        'DOCKER_FORBIDDEN',
        `this user may not speak to Docker at ${socketPath}`,
        'run the same command as root or as a member of the group docker, or leave out --runtime docker',
      );
    case 'ECONNREFUSED':
      return fail('DOCKER_DOWN', `nobody answers at ${socketPath}`, 'start the Docker daemon');
    default:
      return fail(
        'DOCKER_SILENT',
        `Docker at ${socketPath} did not answer: ${message}`,
        'see that `docker info` works',
      );
  }
}
