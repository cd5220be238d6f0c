import readline from 'node:readline';
import { PassThrough } from 'node:stream';
import type Docker from 'dockerode';
import { BenchError } from '../../units/index.ts';
import { Dialogue } from '../inside/dialogue.ts';
import type { InitRequests, Notice } from '../inside/messages.ts';
import { bootId } from '../process-start.ts';
import type { ComponentImage } from './component-image.ts';
import { asComponentError, failed } from './errors.ts';
import { KIND_LABEL, type Labels } from './labels.ts';
import { isVisible } from './pids.ts';
import { CONTAINER_SAFETY, type ContainerKind, privilegesOf } from './privileges.ts';
import { removeContainer } from './sweep.ts';

const START_TIMEOUT_MS = 30_000;
const STDERR_BYTES = 8192;
/** The default of the kernel and of every container runtime. */
const PERIOD_US = 100_000;
/** As is the number of processes, so that a broken component harms nobody else. */
const MOST_MEMORY = 4 * 1024 ** 3;

export interface ContainerSpec {
  readonly name: string;
  readonly kind: ContainerKind;
  readonly image: ComponentImage;
  readonly labels: Labels;
  readonly seccomp: boolean;
  readonly needs: { readonly netAdmin: boolean; readonly uid: number | undefined };
  /** The run's network with an address in it, or the container whose network is shared. */
  readonly network:
    | {
        readonly kind: 'own';
        readonly name: string;
        readonly address: string;
        readonly sysctls: Readonly<Record<string, string>>;
      }
    | { readonly kind: 'of'; readonly container: string };
  /** The pod's files. */
  readonly volume: { readonly name: string; readonly folder: string };
  readonly cpus: readonly number[];
  readonly cpuQuota: number | undefined;
}

/** A container that runs our init. */
export class Container {
  readonly id: string;
  /** The id of its init here; undefined where the daemon's processes cannot be seen from here. */
  readonly pid: number | undefined;
  /** Settles when its stream closed, with its init's last words. */
  readonly closed: Promise<string>;
  readonly ask: Dialogue<InitRequests>['ask'];
  private readonly docker: Docker;

  private constructor(docker: Docker, id: string, pid: number | undefined, spoken: Spoken) {
    this.docker = docker;
    this.id = id;
    this.pid = pid;
    this.closed = spoken.closed;
    this.ask = (name, args) => spoken.dialogue.ask(name, args);
  }

  /** Makes and starts one, and waits for its init. @throws BenchError component with what Docker or the init said. */
  static async start(docker: Docker, spec: ContainerSpec, onNotice: (notice: Notice) => void): Promise<Container> {
    const created = await docker.createContainer(createOptions(spec)).catch((cause: unknown) => {
      throw asComponentError(spec.name, cause);
    });
    try {
      const stream = await created.attach({ stream: true, stdin: true, stdout: true, stderr: true, hijack: true });
      const spoken = converse(docker, spec.name, stream, onNotice);
      await created.start();
      await firstWord(spec.name, spoken);
      const { State } = await created.inspect();
      return new Container(docker, created.id, isVisible(State.Pid, created.id) ? State.Pid : undefined, spoken);
    } catch (error) {
      await removeContainer(docker, created.id).catch(() => undefined);
      throw asComponentError(spec.name, error);
    }
  }

  /** Kills everything in it; resolves when it is gone. */
  remove(): Promise<void> {
    return removeContainer(this.docker, this.id);
  }
}

interface Spoken {
  readonly dialogue: Dialogue<InitRequests>;
  readonly closed: Promise<string>;
}

function converse(
  docker: Docker,
  name: string,
  stream: NodeJS.ReadWriteStream,
  onNotice: (notice: Notice) => void,
): Spoken {
  const wire = {
    write: (line: string) => void stream.write(line),
    refused: 'CONTAINER_REFUSED',
    gone: (reason: string) => failed(name, reason),
  };
  const dialogue = new Dialogue<InitRequests>(wire, onNotice);
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  docker.modem.demuxStream(stream, stdout, stderr);
  readline.createInterface({ input: stdout }).on('line', (line) => dialogue.heard(line));
  let words = '';
  stderr.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-STDERR_BYTES);
  });
  const closed = new Promise<string>((resolve) => {
    const over = (): void => {
      const reason = ['the container ended', words.trim()].filter(Boolean).join(': ');
      // What was said before its end is still on its way through the streams.
      setImmediate(() => {
        dialogue.lost(reason);
        resolve(reason);
      });
    };
    stream.once('end', over);
    stream.once('close', over);
    stream.once('error', over);
  });
  return { dialogue, closed };
}

async function firstWord(name: string, { dialogue, closed }: Spoken): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`nothing heard for ${START_TIMEOUT_MS / 1000} s`), START_TIMEOUT_MS);
  });
  const first = await Promise.race([dialogue.firstWord, closed, late]);
  clearTimeout(timer);
  if (typeof first === 'string') throw failed(name, first);
  if (first.notice === 'broken') throw failed(name, first.reason);
  if (first.bootId !== bootId()) {
    throw new BenchError(
      'preflight',
      'DOCKER_ELSEWHERE',
      'the containers of this Docker run on another machine, or in a virtual one',
      {
        hint: 'requests are timed by one clock: run meshbench where the containers run',
      },
    );
  }
}

function createOptions(spec: ContainerSpec): Docker.ContainerCreateOptions {
  const { network, volume, cpuQuota } = spec;
  const { capabilities, user } = privilegesOf(spec.kind, spec.needs);
  return {
    name: spec.name,
    Image: spec.image.name,
    Entrypoint: [...spec.image.init],
    Cmd: [],
    User: user,
    Env: [`PATH=${process.env['PATH'] ?? ''}`, 'XTABLES_LOCKFILE=/dev/shm/xtables.lock'],
    WorkingDir: '/',
    Labels: { ...spec.labels, [KIND_LABEL]: spec.kind },
    ...{ OpenStdin: true, StdinOnce: true, AttachStdin: true, AttachStdout: true, AttachStderr: true, Tty: false },
    ...(network.kind === 'own'
      ? { NetworkingConfig: { EndpointsConfig: { [network.name]: { IPAMConfig: { IPv4Address: network.address } } } } }
      : {}),
    HostConfig: {
      AutoRemove: true,
      NetworkMode: network.kind === 'own' ? network.name : `container:${network.container}`,
      ...(network.kind === 'own' ? { Sysctls: { ...network.sysctls } } : {}),
      CapDrop: [...CONTAINER_SAFETY.capDrop],
      CapAdd: [...capabilities],
      SecurityOpt: [...CONTAINER_SAFETY.securityOptions, ...(spec.seccomp ? [] : ['seccomp=unconfined'])],
      ReadonlyRootfs: true,
      PidsLimit: CONTAINER_SAFETY.processes,
      Memory: MOST_MEMORY,
      CpusetCpus: spec.cpus.join(','),
      ...(cpuQuota === undefined ? {} : { CpuPeriod: PERIOD_US, CpuQuota: Math.round(cpuQuota * PERIOD_US) }),
      Mounts: [{ Type: 'volume', Source: volume.name, Target: volume.folder }],
      // Lines of the agents go through the stream; Docker would write all of them to its disk as well.
      LogConfig: { Type: 'none', Config: {} },
    },
  };
}
