import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { Readable } from 'node:stream';
import type Docker from 'dockerode';
import type { ObservationRequest, UsageSample } from '../../metrics/index.ts';
import { BenchError } from '../../units/index.ts';
import { cpuHierarchyOf } from '../cgroup-place.ts';
import { type Observed, observe } from '../observer.ts';
import type { Host, HostSpec, World, WorldOptions } from '../runtime.ts';
import { type ComponentImage, initCommand } from './component-image.ts';
import { type Engine, openEngine } from './engine.ts';
import { DockerHost, type Surroundings } from './host.ts';
import { labelsOf, RUN_LABEL } from './labels.ts';
import { packImage } from './pack/image.ts';
import { enginePids } from './pids.ts';
import { deriveImage } from './pull/derive.ts';
import { type Asked, observeContainers } from './stats.ts';
import { removeRun, sweep } from './sweep.ts';
import { startWatcher, type Watcher } from './watch.ts';

/** The range reserved for benchmarks, RFC 2544. Docker gives the bridge its first address, hosts count from the tenth. */
const SUBNET = '198.18.0.0/15';

/** Makes a network of Docker for a run. @throws BenchError preflight where Docker cannot be had or refuses. */
export async function openWorld(options: WorldOptions): Promise<World> {
  const engine = await openEngine();
  const { docker } = engine;
  await sweep(docker);
  const { packed, images } = await makeImages(docker, options);
  const run = randomUUID().slice(0, 8);
  const labels = labelsOf(run);
  const watcher = startWatcher(engine.socketPath, run, options.harnessCpus);
  const network = `meshbench-${run}`;
  try {
    await createNetwork(docker, network, labels);
    const events = await docker.getEvents({ filters: { label: [`${RUN_LABEL}=${run}`] } });
    const surroundings = { docker, run, labels, packed, images, network, harnessCpus: options.harnessCpus };
    return new DockerWorld(engine, surroundings, watcher, events);
  } catch (error) {
    await removeRun(docker, run).catch(() => undefined);
    await watcher.release();
    throw error;
  }
}

/** The image of all that is on this machine, and one for each program that has a public one. */
async function makeImages(
  docker: Docker,
  { readable, images: named = new Map() }: WorldOptions,
): Promise<Pick<Surroundings, 'packed' | 'images'>> {
  const { name } = await packImage(
    docker,
    // Our init needs the harness's Node, even where agents have no other.
    readable.filter((entry) => entry === process.execPath || !named.has(entry)),
  );
  const images = new Map<string, ComponentImage>();
  for (const [program, image] of named) images.set(program, await deriveImage(docker, image, readable));
  return { packed: { name, init: initCommand(), program: undefined }, images };
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
    const hidden = [...this.hosts].some((host) => host.hidden());
    return hidden ? this.observeHidden(request) : this.observeProcesses(request);
  }

  /** Docker's own processes cannot be seen either: the harness is our inits in these samples, and the command line. */
  private observeHidden(request: ObservationRequest): Promise<readonly UsageSample[]> {
    return observeContainers(this.engine.docker, request, new Map(this.askedContainers()));
  }

  private observeProcesses(request: ObservationRequest): Promise<readonly UsageSample[]> {
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
        const cpuStat = limited && container.pid !== undefined ? cpuStatOf(container.pid) : undefined;
        return [[name, { pids: [pid], cpuStat }] as const];
      }),
    );
  }

  private askedContainers(): readonly (readonly [string, Asked])[] {
    const hosts = [...this.hosts];
    const components = hosts.flatMap((host) =>
      [...host.components].map(([name, { container, limited }]) => [name, { ids: [container.id], limited }] as const),
    );
    return [['harness', { ids: hosts.map((host) => host.holderId()), limited: false }], ...components];
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
