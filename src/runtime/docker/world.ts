import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { Readable } from 'node:stream';
import type Docker from 'dockerode';
import type { ObservationRequest, UsageSample } from '../../metrics/index.ts';
import { BenchError } from '../../units/index.ts';
import { cpuHierarchyOf } from '../cgroup-place.ts';
import { type Observed, observe } from '../observer.ts';
import type { Host, HostSpec, World, WorldOptions } from '../runtime.ts';
import { type Engine, openEngine } from './engine.ts';
import { DockerHost, type Surroundings } from './host.ts';
import { labelsOf, RUN_LABEL } from './labels.ts';
import { packImage } from './pack/image.ts';
import { enginePids } from './pids.ts';
import { removeRun, sweep } from './sweep.ts';
import { startWatcher, type Watcher } from './watch.ts';

/** The range reserved for benchmarks, RFC 2544. Docker gives the bridge its first address, hosts count from the tenth. */
const SUBNET = '198.18.0.0/15';

/** Makes a network of Docker for a run. @throws BenchError preflight where Docker cannot be had or refuses. */
export async function openWorld(options: WorldOptions): Promise<World> {
  const engine = await openEngine();
  const { docker } = engine;
  await sweep(docker);
  const { name: image } = await packImage(docker, options.readable);
  const run = randomUUID().slice(0, 8);
  const labels = labelsOf(run);
  const watcher = startWatcher(engine.socketPath, run, options.harnessCpus);
  const network = `meshbench-${run}`;
  try {
    await createNetwork(docker, network, labels);
    const events = await docker.getEvents({ filters: { label: [`${RUN_LABEL}=${run}`] } });
    const surroundings = { docker, run, labels, image, network, harnessCpus: options.harnessCpus };
    return new DockerWorld(engine, surroundings, watcher, events);
  } catch (error) {
    await removeRun(docker, run).catch(() => undefined);
    await watcher.release();
    throw error;
  }
}

/** Nothing beyond it is reachable, and nothing beyond reaches it. */
async function createNetwork(docker: Docker, name: string, labels: Readonly<Record<string, string>>): Promise<void> {
  await docker
    .createNetwork({
      Name: name,
      Driver: 'bridge',
      Internal: true,
      CheckDuplicate: true,
      IPAM: { Driver: 'default', Config: [{ Subnet: SUBNET }] },
      Labels: { ...labels },
    })
    .catch((cause: Error) => {
      throw new BenchError('preflight', 'DOCKER_NETWORK', `Docker could not make the run's network: ${cause.message}`, {
        hint: `another network, or another run, may have ${SUBNET}: see \`docker network ls\``,
        cause,
      });
    });
}

/** The stream of events ends with the daemon. */
function untilGone(events: NodeJS.ReadableStream): World['closed'] {
  return new Promise((resolve) => {
    const gone = (): void => resolve({ reason: 'the Docker daemon went away' });
    events.once('end', gone).once('close', gone).once('error', gone).resume();
  });
}

class DockerWorld implements World {
  readonly closed: World['closed'];
  private readonly engine: Engine;
  private readonly surroundings: Surroundings;
  private readonly watcher: Watcher;
  private readonly events: NodeJS.ReadableStream;
  private readonly hosts = new Set<DockerHost>();

  constructor(engine: Engine, surroundings: Surroundings, watcher: Watcher, events: NodeJS.ReadableStream) {
    this.engine = engine;
    this.surroundings = surroundings;
    this.watcher = watcher;
    this.events = events;
    this.closed = untilGone(events);
  }

  async host(spec: HostSpec): Promise<Host> {
    const other = [...this.hosts].find(({ name }) => name === spec.joins);
    const host = await DockerHost.make(this.surroundings, spec, other, (gone) => this.hosts.delete(gone));
    this.hosts.add(host);
    return host;
  }

  observe(request: ObservationRequest): Promise<readonly UsageSample[]> {
    const inits = [...this.hosts].flatMap((host) => host.initPids());
    const harness = { pids: [...inits, ...enginePids(inits)], cpuStat: undefined };
    return observe(request, () => new Map([['harness', harness], ...this.components()]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // With the daemon gone this fails; what is left then is swept at the next start.
    const removed = await removeRun(this.engine.docker, this.surroundings.run).catch((error: unknown) => error);
    if (removed === undefined) await this.watcher.release();
    else this.watcher.alarm();
    // An open stream would keep this process from ending.
    if (this.events instanceof Readable) this.events.destroy();
  }

  /** What can be seen of each component from here. Docker itself and the inits are harness; the command line counts itself. */
  private components(): readonly (readonly [string, Observed])[] {
    return [...this.hosts].flatMap((host) =>
      [...host.components].flatMap(([name, { pid, container, limited }]) => {
        if (pid === undefined) return [];
        return [[name, { pids: [pid], cpuStat: limited ? cpuStatOf(container.pid) : undefined }] as const];
      }),
    );
  }
}

/** cpu.stat of a container's control group, of any version; undefined where it cannot be seen from here. */
function cpuStatOf(init: number): string | undefined {
  try {
    const [folder] = cpuHierarchyOf(init)?.folders ?? [];
    return folder === undefined ? undefined : path.join(folder, 'cpu.stat');
  } catch {
    return undefined;
  }
}
