import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Docker from 'dockerode';
import { KIND_LABEL, RUN_LABEL } from '../../src/runtime/docker/labels.ts';
import { mortal } from './mortal.ts';
import { allProcesses, descendants, kill, type Seen, until } from './processes.ts';

/** Why tests of Docker are skipped; false where they run. */
export const noDocker: string | false = obstacle();

function obstacle(): string | false {
  if (process.geteuid?.() !== 0) return 'only root can start a Docker daemon';
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  return folders.some((folder) => existsSync(path.join(folder, 'dockerd'))) ? false : 'this machine has no dockerd';
}

/** How a test's daemon differs from the usual one. */
export interface DaemonOptions {
  /** Its processes are in a PID namespace too, where they cannot be seen from here, and die with it. */
  readonly hidden?: boolean;
  /** Its files are in a memory of this size, `64m`, so that its disk can be full. */
  readonly disk?: string;
  /** It is one without root, in a user namespace of an unprivileged user. */
  readonly rootless?: boolean;
}

/** Root of a rootless daemon. */
const NOBODY = 65_534;

/**
 * A Docker daemon of a test's own, in a network namespace of its own: neither its bridges and rules nor its images are seen
 * by the machine's. DOCKER_HOST names it for this process and those that it starts.
 */
export class TestDocker implements AsyncDisposable {
  readonly docker: Docker;
  readonly socket: string;
  private readonly folder: string;
  private readonly child: ChildProcess;
  private readonly hidden: boolean;
  /** Where its test never came to dispose of it; the daemon still ends its containers. */
  private readonly endWithTests = (): void => this.end();

  private constructor(folder: string, child: ChildProcess, hidden: boolean) {
    this.folder = folder;
    this.child = child;
    this.hidden = hidden;
    this.socket = path.join(folder, 'docker.sock');
    this.docker = new Docker({ socketPath: this.socket });
    process.once('exit', this.endWithTests);
  }

  static async start(options: DaemonOptions = {}): Promise<TestDocker> {
    const folder = mkdtempSync(path.join(tmpdir(), 'meshbench-dockerd-'));
    const { hidden = false, rootless = false } = options;
    const spaces = ['--net', '--mount', ...(hidden || rootless ? ['--pid', '--mount-proc'] : [])];
    const user = rootless ? [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', 'unshare'] : [];
    const mapped = rootless ? ['--user', '--map-root-user'] : [];
    mkdirSync(`${folder}/data`);
    if (rootless) for (const place of [folder, `${folder}/data`]) chownSync(place, NOBODY, NOBODY);
    const child = spawn(
      rootless ? 'setpriv' : 'unshare',
      [...user, ...mapped, ...spaces, '--fork', '--kill-child', 'sh', '-c', script(folder, options)],
      { cwd: '/', stdio: ['pipe', 'ignore', 'ignore'], env: { ...process.env, HOME: folder, XDG_RUNTIME_DIR: folder } },
    );
    const started = new TestDocker(folder, child, hidden || rootless);
    await started.restart();
    process.env['DOCKER_HOST'] = `unix://${started.socket}`;
    return started;
  }

  /** Starts the daemon, again after {@link crash}: with the same files, and in the same network. */
  async restart(): Promise<void> {
    this.child.stdin?.write('start\n');
    for (const deadline = Date.now() + 60_000; ; await sleep(50)) {
      const ready = await this.docker.ping().then(
        () => true,
        () => false,
      );
      if (ready) return;
      if (this.child.exitCode === null && Date.now() < deadline) continue;
      const file = `${this.folder}/log`;
      const log = existsSync(file) ? readFileSync(file, 'utf8').slice(-2000) : 'it said nothing';
      await this[Symbol.asyncDispose]();
      throw new Error(`dockerd did not start: ${log}`);
    }
  }

  /** Leaves nothing of its disk free, until {@link freeDisk}; of one with `disk`. */
  fillDisk(): void {
    // It ends when there is no more.
    this.inside('sh', '-c', `cat /dev/zero >${this.folder}/data/filler 2>/dev/null || true`);
  }

  freeDisk(): void {
    this.inside('rm', '-f', `${this.folder}/data/filler`);
  }

  /** What a person sees at a port that a container publishes on loopback, which is the daemon's own; not of a hidden one. */
  get(url: string): string {
    const ask = 'fetch(process.argv[1]).then((answer) => answer.text()).then(console.log)';
    return this.inside(process.execPath, '-e', ask, url);
  }

  /** What a command prints in the daemon's network and among its mounts; not of a hidden one. */
  private inside(...argv: readonly string[]): string {
    const args = ['--target', String(this.pid()), '--net', '--mount', ...argv];
    return execFileSync('nsenter', args, { encoding: 'utf8', timeout: 20_000 });
  }

  /** A long-lived program in the daemon's network. */
  startInside(command: string, ...args: readonly string[]): ChildProcess {
    const where = ['--target', String(this.pid()), '--net'];
    return mortal(spawn('nsenter', [...where, command, ...args], { stdio: 'ignore' }));
  }

  /** What runs in this daemon's containers, and the watchers that speak to it: both name its folder, or their shim does. */
  processes(): Seen[] {
    const named = allProcesses().filter(({ command }) => command.includes(`${this.folder}/`));
    const shims = named.filter(({ command }) => command.includes('containerd-shim'));
    return [...named, ...shims.flatMap(({ pid }) => descendants(pid))];
  }

  /** Ends the daemon as a crash would; of a hidden one everything with it. */
  crash(): void {
    if (this.hidden) this.child.kill('SIGKILL');
    else process.kill(this.pid(), 'SIGKILL');
    // Its containerd dies with it. As long as nobody has buried that, the next daemon takes it for alive and waits for it.
    rmSync(path.join(this.folder, 'exec', 'containerd', 'containerd.pid'), { force: true });
  }

  /** Everything with a label of ours, by its name. */
  async leftovers(): Promise<readonly string[]> {
    const filters = { label: [RUN_LABEL] };
    const containers = await this.docker.listContainers({ all: true, filters });
    const { Volumes: volumes } = await this.docker.listVolumes({ filters });
    const networks = await this.docker.listNetworks({ filters });
    return [
      ...containers.map(({ Names, Labels }) => `${Labels[KIND_LABEL]} ${Names[0]}`),
      ...(volumes ?? []).map(({ Name }) => `volume ${Name}`),
      ...networks.map(({ Name }) => `network ${Name}`),
    ];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    delete process.env['DOCKER_HOST'];
    const ended = new Promise((resolve) => {
      if (this.child.exitCode !== null || this.child.signalCode !== null) resolve(undefined);
      this.child.once('close', resolve);
    });
    process.off('exit', this.endWithTests);
    this.end();
    const force = setTimeout(() => this.child.kill('SIGKILL'), 20_000);
    await ended;
    clearTimeout(force);
    await this.killLeft();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A daemon that crashed ends no container: their shims and what these started go on, and nobody else ends them. */
  private async killLeft(): Promise<void> {
    await until('the end of what a daemon left', 20, () => {
      const left = this.processes();
      for (const { pid } of left) kill(pid);
      return left.length === 0;
    });
  }

  private end(): void {
    // Without another word on its stdin the shell around the daemon ends with it.
    this.child.stdin?.end();
    if (this.hidden) this.child.kill('SIGKILL');
    else if (this.isOurs(this.pid())) process.kill(this.pid(), 'SIGTERM');
  }

  /** By its pid file; 0 where it has none. */
  private pid(): number {
    const file = path.join(this.folder, 'pid');
    return existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  }

  /** A pid file of a daemon that crashed names nobody, or somebody else. */
  private isOurs(pid: number): boolean {
    try {
      return pid > 1 && readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(this.folder);
    } catch {
      return false;
    }
  }
}

/** A shell that starts the daemon at every line that it hears, and as a service is, again where it failed to start. */
function script(folder: string, { disk, rootless = false }: DaemonOptions): string {
  const places = `--data-root ${folder}/data --exec-root ${folder}/exec --pidfile ${folder}/pid`;
  // Its network would be set up by another program, which comes with the package of rootless Docker.
  const without = rootless ? '--rootless --group 0 --iptables=false --bridge=none' : '';
  return [
    'ip link set lo up',
    ...(disk === undefined ? [] : [`mount -t tmpfs -o size=${disk} tmpfs ${folder}/data`]),
    // Folders of the machine that an unprivileged user may not write, and where keys of a daemon of root lie.
    ...(rootless ? ['mount -t tmpfs tmpfs /run', 'mount -t tmpfs tmpfs /etc'] : []),
    'while read -r word; do for attempt in 1 2 3; do',
    `dockerd ${without} ${places} -H unix://${folder}/docker.sock </dev/null >>${folder}/log 2>&1`,
    'case $? in 0) exit;; 137) break;; esac',
    '[ $attempt = 3 ] && exit 1',
    'done; done',
  ].join('\n');
}
