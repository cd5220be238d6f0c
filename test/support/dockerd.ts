import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Docker from 'dockerode';
import { KIND_LABEL, RUN_LABEL } from '../../src/runtime/docker/labels.ts';
import { allProcesses, descendants, type Seen, until } from './processes.ts';

/** Why tests of Docker are skipped; false where they run. */
export const noDocker: string | false = obstacle();

function obstacle(): string | false {
  if (process.geteuid?.() !== 0) return 'only root can start a Docker daemon';
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  return folders.some((folder) => existsSync(path.join(folder, 'dockerd'))) ? false : 'this machine has no dockerd';
}

/**
 * A Docker daemon of a test's own, in a network namespace of its own: neither its bridges and rules nor its images are seen
 * by the machine's. DOCKER_HOST names it for this process and those that it starts.
 */
export class TestDocker implements AsyncDisposable {
  readonly docker: Docker;
  readonly socket: string;
  private readonly folder: string;
  private readonly child: ChildProcess;

  private constructor(folder: string, child: ChildProcess) {
    this.folder = folder;
    this.child = child;
    this.socket = path.join(folder, 'docker.sock');
    this.docker = new Docker({ socketPath: this.socket });
  }

  /** `hidden`: its processes are in a PID namespace too, where they cannot be seen from here, and die with it. */
  static start(hidden = false): Promise<TestDocker> {
    return TestDocker.startIn(mkdtempSync(path.join(tmpdir(), 'meshbench-dockerd-')), hidden);
  }

  private static async startIn(folder: string, hidden: boolean): Promise<TestDocker> {
    const places = ['--data-root', `${folder}/data`, '--exec-root', `${folder}/exec`, '--pidfile', `${folder}/pid`];
    const daemon = `ip link set lo up; exec dockerd ${places.join(' ')} -H unix://${folder}/docker.sock`;
    const spaces = hidden ? ['--net', '--mount', '--pid', '--mount-proc'] : ['--net', '--mount'];
    const args = [...spaces, '--fork', '--kill-child', 'sh', '-c', `${daemon} >${folder}/log 2>&1`];
    const child = spawn('unshare', args, { stdio: 'ignore' });
    const started = new TestDocker(folder, child);
    try {
      await until('a Docker daemon', 60, () => existsSync(started.socket) || child.exitCode !== null);
      await started.docker.ping();
    } catch (error) {
      const log = readFileSync(`${folder}/log`, 'utf8').slice(-2000);
      await started[Symbol.asyncDispose]();
      throw new Error(`dockerd did not start: ${log}`, { cause: error });
    }
    process.env['DOCKER_HOST'] = `unix://${started.socket}`;
    return started;
  }

  /** What a person sees at a port that a container publishes on loopback, which is the daemon's own; not of a hidden one. */
  get(url: string): string {
    const ask = 'fetch(process.argv[1]).then((answer) => answer.text()).then(console.log)';
    const pid = readFileSync(path.join(this.folder, 'pid'), 'utf8').trim();
    const args = ['--target', pid, '--net', process.execPath, '-e', ask, url];
    return execFileSync('nsenter', args, { encoding: 'utf8', timeout: 10_000 });
  }

  /** What runs in this daemon's containers, and the watchers that speak to it: both name its folder, or their shim does. */
  processes(): Seen[] {
    const named = allProcesses().filter(({ command }) => command.includes(`${this.folder}/`));
    const shims = named.filter(({ command }) => command.includes('containerd-shim'));
    return [...named, ...shims.flatMap(({ pid }) => descendants(pid))];
  }

  /** Ends the daemon as a crash would. */
  crash(): void {
    this.child.kill('SIGKILL');
  }

  /** Everything with a label of ours, by its name; `run` of one run only. */
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
    const pid = existsSync(`${this.folder}/pid`) ? Number(readFileSync(`${this.folder}/pid`, 'utf8')) : 0;
    if (pid > 1 && this.isOurs(pid)) process.kill(pid, 'SIGTERM');
    else this.child.kill('SIGKILL');
    const force = setTimeout(() => this.child.kill('SIGKILL'), 20_000);
    await ended;
    clearTimeout(force);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A pid file of another PID namespace names somebody else here. */
  private isOurs(pid: number): boolean {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(this.folder);
    } catch {
      return false;
    }
  }
}
