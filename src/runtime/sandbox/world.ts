import type { ObservationRequest, UsageSample } from '../../metrics/index.ts';
import { type BenchError, type Nanos, toMillis } from '../../units/index.ts';
import { RunningProcess } from '../inside/running-process.ts';
import type {
  ExecResult,
  Host,
  HostProcess,
  HostSpec,
  HttpAnswer,
  ProcessSpec,
  World,
  WorldOptions,
} from '../runtime.ts';
import { CpuGroups, sweepGroups } from './cgroup.ts';
import { Supervisor } from './supervisor-process.ts';

/** Makes the namespaces and their supervisor. @throws BenchError preflight where the machine forbids it. */
export async function openWorld(options: WorldOptions): Promise<World> {
  const processes = new Map<string, RunningProcess>();
  const supervisor = new Supervisor(options, (notice) => {
    if (notice.notice === 'line') processes.get(notice.process)?.heard(notice.line);
    else processes.get(notice.process)?.ended(notice.exit);
  });
  await supervisor.up();
  sweepGroups();
  return new SandboxWorld(supervisor, processes);
}

class SandboxWorld implements World {
  readonly closed: World['closed'];
  private readonly supervisor: Supervisor;
  private readonly processes: Map<string, RunningProcess>;
  private readonly groups = new CpuGroups();

  constructor(supervisor: Supervisor, processes: Map<string, RunningProcess>) {
    this.supervisor = supervisor;
    this.processes = processes;
    this.closed = supervisor.closed;
    void this.closed.then(({ reason }) => {
      for (const process of processes.values()) process.ended({ code: null, signal: null, stderr: reason });
    });
  }

  async host(spec: HostSpec): Promise<Host> {
    await this.supervisor.ask('host', spec);
    return new SandboxHost(this.supervisor, this.processes, this.groups, spec);
  }

  observe(request: ObservationRequest): Promise<readonly UsageSample[]> {
    return this.supervisor.ask('observe', request);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.supervisor.end();
    await this.groups[Symbol.asyncDispose]();
  }
}

class SandboxHost implements Host {
  readonly name: string;
  readonly address: string;
  readonly folder: string;
  private readonly supervisor: Supervisor;
  private readonly processes: Map<string, RunningProcess>;
  private readonly groups: CpuGroups;

  constructor(supervisor: Supervisor, processes: Map<string, RunningProcess>, groups: CpuGroups, spec: HostSpec) {
    this.supervisor = supervisor;
    this.processes = processes;
    this.groups = groups;
    this.name = spec.name;
    this.address = spec.address;
    this.folder = spec.folder;
  }

  async start(spec: ProcessSpec): Promise<HostProcess> {
    const name = `${this.name}.${spec.name}`;
    const group = spec.cpuQuota === undefined ? undefined : this.groups.make(name, spec.cpuQuota);
    const process = new RunningProcess(name, this.supervisor, (next) => this.start(next));
    // Registered before it runs: its first line may come before the answer.
    this.processes.set(name, process);
    if (group !== undefined) void process.exited.then(() => this.groups.remove(name));
    process.pid = (await this.supervisor.ask('start', { host: this.name, spec, group })).pid;
    return process;
  }

  exec(argv: readonly string[], timeout: Nanos): Promise<ExecResult> {
    return this.supervisor.ask('exec', { host: this.name, argv, timeoutMs: toMillis(timeout) });
  }

  async administer(commands: readonly (readonly string[])[], timeout: Nanos): Promise<readonly ExecResult[]> {
    const results: ExecResult[] = [];
    for (const argv of commands) {
      const result = await this.exec(argv, timeout);
      results.push(result);
      if (result.code !== 0) break;
    }
    return results;
  }

  share(uid: number, timeout: Nanos): Promise<ExecResult> {
    return this.exec(['chown', '-R', String(uid), this.folder], timeout);
  }

  async writeFile(path: string, content: string): Promise<void> {
    await this.supervisor.ask('writeFile', { path: `${this.folder}/${path}`, content });
  }

  readFile(path: string): Promise<string> {
    return this.supervisor.ask('readFile', { path: `${this.folder}/${path}` });
  }

  get(socket: string, url: string, timeout: Nanos): Promise<HttpAnswer> {
    return this.supervisor.ask('get', { socket: `${this.folder}/${socket}`, url, timeoutMs: toMillis(timeout) });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // A host whose world is gone went with it.
    await this.supervisor.ask('dropHost', { host: this.name }).catch((error: BenchError) => {
      if (error.code !== 'SANDBOX_GONE') throw error;
    });
  }
}
