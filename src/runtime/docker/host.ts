import type Docker from 'dockerode';
import { fromSeconds, type Nanos, toMillis } from '../../units/index.ts';
import type { Notice } from '../inside/messages.ts';
import { RunningProcess } from '../inside/running-process.ts';
import type { ExecResult, Host, HostProcess, HostSpec, HttpAnswer, ProcessSpec } from '../runtime.ts';
import { type ComponentImage, forHolder } from './component-image.ts';
import { Container, type ContainerSpec } from './container.ts';
import { asComponentError, failed, isUnreachable } from './errors.ts';
import type { Labels } from './labels.ts';
import { pidHere } from './pids.ts';
import { raise } from './priority.ts';
import { removeVolume } from './sweep.ts';

const ADDRESS_TIMEOUT = fromSeconds(10);

/** What all pods of a run share. */
export interface Surroundings {
  readonly docker: Docker;
  readonly run: string;
  readonly labels: Labels;
  /** Of this machine's own binaries. */
  readonly packed: ComponentImage;
  /** By the path here of a program that has an image of its own. */
  readonly images: ReadonlyMap<string, ComponentImage>;
  readonly network: string;
  readonly harnessCpus: readonly number[];
}

/** A component's container, the process in it that counts, and the limit that it has. */
export interface Component {
  readonly container: Container;
  /** Its id on this machine; undefined where it cannot be seen, or has ended. */
  readonly pid: number | undefined;
  readonly limited: boolean;
}

/**
 * A pod: a holder, whose network every other container of it joins, and a volume in memory that all of them mount. Each
 * component has a container of its own, and commands that change the network one for as long as they take.
 */
export class DockerHost implements Host {
  readonly name: string;
  readonly address: string;
  readonly folder: string;
  /** By `host.process`. */
  readonly components = new Map<string, Component>();
  private readonly surroundings: Surroundings;
  private readonly seccomp: boolean;
  private readonly volume: string;
  private readonly processes = new Map<string, RunningProcess>();
  private readonly onGone: (host: DockerHost) => void;
  private holder: Container | undefined;
  private inits = 0;

  private constructor(
    surroundings: Surroundings,
    { name, address, folder, seccomp }: HostSpec,
    onGone: (host: DockerHost) => void,
  ) {
    this.surroundings = surroundings;
    this.name = name;
    this.address = address;
    this.folder = folder;
    this.seccomp = seccomp;
    this.volume = `meshbench-${surroundings.run}-${name}`;
    this.onGone = onGone;
  }

  /** Makes the volume and the holder, in the network of the other host if there is one. @throws BenchError component with what Docker said. */
  static async make(
    surroundings: Surroundings,
    spec: HostSpec,
    other: DockerHost | undefined,
    onGone: (host: DockerHost) => void,
  ): Promise<DockerHost> {
    const host = new DockerHost(surroundings, spec, onGone);
    const { docker, labels, network } = surroundings;
    await docker
      .createVolume({
        Name: host.volume,
        Labels: labels,
        Driver: 'local',
        // Keys are made in here: it is memory, and gone with its last container.
        DriverOpts: { type: 'tmpfs', device: 'tmpfs', o: 'mode=1777' },
      })
      .catch((cause: unknown) => {
        throw asComponentError(host.volume, cause);
      });
    const sysctls = { 'net.ipv6.conf.all.disable_ipv6': '1', ...spec.sysctls };
    const own = { kind: 'own', name: network, address: spec.address, sysctls } as const;
    const of = { kind: 'of', container: other?.held().id ?? '' } as const;
    const image = forHolder(surroundings.packed);
    const holder = host.spec('holder', { kind: 'holder', image, network: other === undefined ? own : of });
    host.holder = await Container.start(docker, holder, () => undefined);
    if (other !== undefined) await host.addAddress();
    return host;
  }

  /** The inits of its containers, by their ids on this machine. */
  initPids(): readonly number[] {
    const all = [this.holder, ...[...this.components.values()].map(({ container }) => container)];
    return all.flatMap((container) => container?.pid ?? []);
  }

  holderId(): string {
    return this.held().id;
  }

  /** True where its processes cannot be seen from here: Docker's API alone tells what they use. */
  hidden(): boolean {
    return this.held().pid === undefined;
  }

  async start(spec: ProcessSpec): Promise<HostProcess> {
    const name = `${this.name}.${spec.name}`;
    const { netAdmin, uid, cpus, cpuQuota, argv } = spec;
    const image = this.surroundings.images.get(argv[0]) ?? this.surroundings.packed;
    const container =
      this.components.get(name)?.container ??
      (await Container.start(
        this.surroundings.docker,
        this.spec(spec.name, { kind: 'component', image, needs: { netAdmin, uid }, cpus, cpuQuota }),
        (notice) => this.heard(notice),
      ));
    const process = new RunningProcess(name, container, (next) => this.start(next));
    // Registered before it runs: its first line may come before the answer.
    this.processes.set(name, process);
    void container.closed.then((reason) => process.ended({ code: null, signal: null, stderr: reason }));
    // The container has the user already, and no right to come before others: that is given from outside.
    const { pid } = await container.ask('start', {
      name,
      spec: {
        ...spec,
        argv: [image.program ?? argv[0], ...argv.slice(1)],
        uid: undefined,
        nice: Math.max(0, spec.nice),
      },
    });
    const here = container.pid === undefined ? undefined : pidHere(container.pid, pid);
    if (here !== undefined && spec.nice < 0) raise(here, spec.nice);
    process.pid = here ?? pid;
    this.components.set(name, { container, pid: here, limited: cpuQuota !== undefined });
    return process;
  }

  exec(argv: readonly string[], timeout: Nanos): Promise<ExecResult> {
    return this.held().ask('exec', { argv, timeoutMs: toMillis(timeout) });
  }

  async administer(commands: readonly (readonly string[])[], timeout: Nanos): Promise<readonly ExecResult[]> {
    this.inits += 1;
    const spec = this.spec(`init-${this.inits}`, { kind: 'init' });
    const init = await Container.start(this.surroundings.docker, spec, () => undefined);
    try {
      const results: ExecResult[] = [];
      for (const argv of commands) {
        const result = await init.ask('exec', { argv, timeoutMs: toMillis(timeout) });
        results.push(result);
        if (result.code !== 0) break;
      }
      return results;
    } finally {
      await init.remove().catch((cause: unknown) => {
        throw asComponentError(spec.name, cause);
      });
    }
  }

  /** All processes of a pod are of the group that its files are of. */
  share(_uid: number, timeout: Nanos): Promise<ExecResult> {
    return this.exec(['chmod', '-R', 'g+rX', this.folder], timeout);
  }

  async writeFile(path: string, content: string): Promise<void> {
    await this.held().ask('writeFile', { path: `${this.folder}/${path}`, content });
  }

  readFile(path: string): Promise<string> {
    return this.held().ask('readFile', { path: `${this.folder}/${path}` });
  }

  get(socket: string, url: string, timeout: Nanos): Promise<HttpAnswer> {
    return this.held().ask('get', { socket: `${this.folder}/${socket}`, url, timeoutMs: toMillis(timeout) });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.onGone(this);
    try {
      await Promise.all([...this.components.values()].map(({ container }) => container.remove()));
      await this.holder?.remove();
      await removeVolume(this.surroundings.docker, this.volume);
    } catch (error) {
      // With the daemon gone there is nobody to ask; what is left then is swept at the next start.
      if (!isUnreachable(error)) throw error;
    }
  }

  private async addAddress(): Promise<void> {
    const command = ['ip', 'address', 'add', `${this.address}/32`, 'dev', 'lo'];
    const [result] = await this.administer([command], ADDRESS_TIMEOUT);
    if (result?.code === 0) return;
    throw failed(this.name, `\`${command.join(' ')}\` failed: ${result?.stderr.trim()}`);
  }

  private held(): Container {
    if (this.holder === undefined) throw new Error(`${this.name} has no holder`);
    return this.holder;
  }

  private heard(notice: Notice): void {
    const process = this.processes.get(notice.process);
    if (notice.notice === 'line') process?.heard(notice.line);
    else process?.ended(notice.exit);
  }

  private spec(part: string, own: Pick<ContainerSpec, 'kind'> & Partial<ContainerSpec>): ContainerSpec {
    const { run, packed, labels, harnessCpus } = this.surroundings;
    return {
      name: `meshbench-${run}-${this.name}-${part}`,
      image: packed,
      labels,
      seccomp: this.seccomp,
      needs: { netAdmin: false, uid: undefined },
      network: { kind: 'of', container: this.holder?.id ?? '' },
      volume: { name: this.volume, folder: this.folder },
      cpus: harnessCpus,
      cpuQuota: undefined,
      ...own,
    };
  }
}
