import { setTimeout as sleep } from 'node:timers/promises';
import { agentCommand } from '../agent/index.ts';
import type {
  AppComponent,
  ControlPlaneComponent,
  CrowdComponent,
  Intercept,
  Mesh,
  MeshHost,
  Sidecar,
} from '../mesh/index.ts';
import { monotonicNow } from '../metrics/index.ts';
import type { Placement, SchedulingPlan } from '../plan/index.ts';
import { type Host, type HostProcess, type ProcessSpec, plainProcess, type World } from '../runtime/index.ts';
import { CONTROL_PLANE_PROCESSES, CROWD_PROCESS, type RuntimeSettings } from '../scenario/index.ts';
import { BenchError, fromSeconds, type Nanos, nanos } from '../units/index.ts';
import type { Served } from '../xds/index.ts';
import { Agent } from './agent-client.ts';
import { awakeProcesses } from './awake.ts';
import { issueCertificates } from './certificates.ts';
import { ControlPlaneClient, type ControlPlaneReading, type RunningControlPlane } from './control-plane.ts';
import { refuseInterrupted, unlessInterrupted } from './interruption.ts';
import { IstiodClient } from './istiod.ts';
import { succeeded } from './must-succeed.ts';
import { type CountedRule, countRules, installRules } from './packet-rules.ts';
import type { IstiodSetup } from './reference.ts';
import { SplitControlPlane } from './split-control-plane.ts';

/** What a deployment needs beyond the mesh itself. */
export interface DeployOptions {
  readonly placement: Placement;
  readonly scheduling: Pick<SchedulingPlan, 'system' | 'load' | 'awake'>;
  /** Path of the Envoy that sidecars run; undefined where the mesh has none. */
  readonly envoy: string | undefined;
  /** What istiod runs with; undefined where no mesh is configured by it. */
  readonly istiod?: IstiodSetup | undefined;
  readonly agents: number;
  readonly runtime: Pick<RuntimeSettings, 'network' | 'seccomp'>;
  readonly seed: number;
  /** Ends the deployment as soon as it is aborted. */
  readonly signal: AbortSignal;
}

/** A mesh whose components are all ready. Hosts are dropped when it is disposed. */
export interface Deployment extends AsyncDisposable {
  readonly apps: readonly Agent[];
  readonly load: readonly Agent[];
  readonly hosts: ReadonlyMap<string, Host>;
  /**
   * Starts the applications and the load anew, with what they are in this mesh, and leaves all else as it stands: hosts,
   * rules, proxies. The hosts of both meshes must be the same.
   * @throws BenchError as {@link deploy}.
   */
  renew(mesh: Mesh): Promise<void>;
  /** By `host.process`. */
  readonly processes: ReadonlyMap<string, HostProcess>;
  /** Time from starting a component until it was ready, by the same names. */
  readonly ready: Readonly<Record<string, number>>;
  /**
   * How the sidecars were configured; undefined without a control plane.
   * @throws BenchError component where a sidecar refused something, in its words.
   */
  configuration(): Promise<ControlPlaneReading | undefined>;
  /** The control plane, which events kill and have push; undefined without one. */
  readonly controlPlane: RunningControlPlane | undefined;
  /** Rules and their counters of every host that has packet rules, by its name. */
  packets(): Promise<Readonly<Record<string, readonly CountedRule[]>>>;
  /** Counters of every proxy, by `host.envoy`. */
  counters(): Promise<Readonly<Record<string, { readonly counters: Readonly<Record<string, number>> }>>>;
}

const READY_TIMEOUT = fromSeconds(30);
/** Thousands of services take a slow processor longer. */
const DYNAMIC_READY_TIMEOUT = fromSeconds(300);
/** Whoever waits for what is gone is told at once. */
const LAST_STEPS_MS = 2000;
const SHARE_TIMEOUT = fromSeconds(10);
const POLL_MS = 5;
/** SCHED_RR would be stopped by the kernel for a part of each second, since the loop spins. */
const RAISED_NICE = -10;
const CONFIG_FILE = 'envoy.json';

/**
 * Brings a mesh up in a world: hosts, packet rules, applications and proxies, then the load agents.
 * @throws BenchError component when a component cannot start or is not ready in time; interrupted when the signal was aborted.
 */
export async function deploy(world: World, mesh: Mesh, options: DeployOptions): Promise<Deployment> {
  const deploying = new Deploying(world, options);
  const up = deploying.up(mesh);
  try {
    await unlessInterrupted(up, options.signal);
    return deploying;
  } catch (error) {
    await deploying[Symbol.asyncDispose]().catch(() => undefined);
    // What was on its way may still make something, which would outlast the hosts.
    await Promise.race([up.catch(() => undefined), sleep(LAST_STEPS_MS, undefined, { ref: false })]);
    throw error;
  }
}

class Deploying implements Deployment {
  readonly apps: Agent[] = [];
  readonly load: Agent[] = [];
  readonly hosts = new Map<string, Host>();
  readonly processes = new Map<string, HostProcess>();
  readonly ready: Record<string, number> = {};
  private readonly intercepted: { readonly host: Host; readonly tables: readonly Intercept['table'][] }[] = [];
  private readonly proxies: { readonly host: Host; readonly sidecar: Sidecar }[] = [];
  controlPlane: RunningControlPlane | undefined;
  private crowd: Agent | undefined;
  private readonly world: World;
  private readonly options: DeployOptions;

  constructor(world: World, options: DeployOptions) {
    this.world = world;
    this.options = options;
  }

  async up(mesh: Mesh): Promise<void> {
    const hosts = await this.makeHosts(mesh);
    await Promise.all(hosts.map(([spec, host]) => installRules(spec, host)));
    await issueCertificates(mesh.certificates, this.hosts);
    for (const [spec, host] of hosts)
      if (spec.controlPlane !== undefined) await this.startControlPlane(spec.controlPlane, host);
    await Promise.all(
      hosts.flatMap(([spec, host]) => [
        spec.app === undefined ? undefined : this.startApp(spec.app, host, spec.role),
        spec.sidecar === undefined ? undefined : this.startSidecar(spec.sidecar, host),
      ]),
    );
    for (const [spec, host] of hosts) if (spec.crowd !== undefined) await this.startCrowd(spec.crowd, host);
    const client = hosts.find(([spec]) => spec.load)?.[1];
    if (client === undefined)
      throw new BenchError('internal', 'MESH_WITHOUT_CLIENT', 'no host of the mesh sends the load');
    await this.startLoad(client);
    const { placement, scheduling } = this.options;
    for (const spec of scheduling.awake ? awakeProcesses(placement.system) : []) await this.start(client, spec);
  }

  private async makeHosts(mesh: Mesh): Promise<readonly [MeshHost, Host][]> {
    const hosts: [MeshHost, Host][] = [];
    for (const spec of mesh.hosts) {
      refuseInterrupted(this.options.signal);
      const { name, address, folder, sysctls } = spec;
      const { network, seccomp } = this.options.runtime;
      const joins = network === 'shared' ? hosts[0]?.[0].name : spec.joins;
      const host = await this.world.host({ name, address, folder, sysctls, joins, seccomp });
      this.hosts.set(name, host);
      hosts.push([spec, host]);
      const tables = [...new Set(spec.intercepts.map(({ table }) => table))];
      if (tables.length > 0) this.intercepted.push({ host, tables });
    }
    return hosts;
  }

  async renew(mesh: Mesh): Promise<void> {
    this.apps.length = 0;
    for (const { name, app, role, load } of mesh.hosts) {
      const host = this.hosts.get(name);
      if (host === undefined) throw new BenchError('internal', 'NO_SUCH_HOST', name);
      if (app !== undefined) await this.startApp(app, host, role);
      if (load) await this.startLoad(host);
    }
  }

  async configuration(): Promise<ControlPlaneReading | undefined> {
    const reading = await this.controlPlane?.reading();
    if (reading === undefined || this.crowd === undefined) return reading;
    this.crowd.command({ do: 'ask-crowd' });
    const { memberNs, ...figures } = (await this.crowd.expect('crowd')).figures;
    return { ...reading, crowd: { ...figures, memberNs: [...memberNs] } };
  }

  async packets(): Promise<Record<string, readonly CountedRule[]>> {
    const read = this.intercepted.map(async ({ host, tables }) => [host.name, await countRules(host, tables)] as const);
    return Object.fromEntries(await Promise.all(read));
  }

  async counters(): Promise<Record<string, { counters: Record<string, number> }>> {
    const read = await Promise.all(
      this.proxies.map(
        async ({ host, sidecar }) => [`${host.name}.envoy`, { counters: await readCounters(host, sidecar) }] as const,
      ),
    );
    return Object.fromEntries(read);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.hosts.values()].map((host) => host[Symbol.asyncDispose]()));
  }

  /** In the place of one of the same name, if there is one. */
  private async start(host: Host, spec: ProcessSpec): Promise<HostProcess> {
    refuseInterrupted(this.options.signal);
    const before = this.processes.get(`${host.name}.${spec.name}`);
    const process = await (before === undefined ? host.start(spec) : before.replace(spec));
    this.processes.set(process.name, process);
    return process;
  }

  private async startApp(app: AppComponent, host: Host, role: MeshHost['role']): Promise<void> {
    const { placement, scheduling, seed } = this.options;
    const { script, port, address, calls, protocol, thrift } = app;
    const from = monotonicNow();
    const command = agentCommand('application');
    const spec =
      role === 'workload'
        ? { ...plainProcess('app', command, placement.system), scheduling: scheduling.system }
        : plainProcess('app', command, placement.helpers);
    const agent = new Agent(await this.start(host, spec));
    agent.command({ do: 'serve', script, port, address, seed, calls, protocol, thrift });
    await agent.expect('serving');
    this.apps.push(agent);
    this.ready[agent.process.name] = monotonicNow() - from;
  }

  private async startControlPlane(component: ControlPlaneComponent, host: Host): Promise<void> {
    const { placement, seed, istiod: setup } = this.options;
    const { world } = this;
    const register = (process: HostProcess): void => void this.processes.set(process.name, process);
    if (component.kind === 'istiod') {
      if (setup === undefined)
        throw new BenchError('internal', 'NO_ISTIOD', 'the mesh is configured by istiod, and none was prepared');
      const system = { cpus: placement.system };
      const harness = { cpus: placement.helpers };
      const start = (one: ProcessSpec): Promise<HostProcess> => this.start(host, one);
      const istiod = await IstiodClient.start({
        world,
        host,
        component,
        seed,
        setup,
        system,
        harness,
        start,
        register,
      });
      this.controlPlane = istiod;
      return;
    }
    const serve = async (process: string, serves: Served): Promise<ControlPlaneClient> => {
      const own = agentProcess(process, placement.system);
      const launch = { world, component, seed, spec: own, serves, register };
      return await ControlPlaneClient.start(launch, await this.start(host, own));
    };
    if (component.eds === undefined) {
      this.controlPlane = await serve(CONTROL_PLANE_PROCESSES.xds[0], 'all');
      return;
    }
    const [others, eds] = CONTROL_PLANE_PROCESSES.split;
    this.controlPlane = new SplitControlPlane(await serve(others, 'others'), await serve(eds, 'endpoints'));
  }

  private async startCrowd(crowd: CrowdComponent, host: Host): Promise<void> {
    const agent = new Agent(await this.start(host, agentProcess(CROWD_PROCESS, this.options.placement.helpers)));
    agent.command({ do: 'join', crowd });
    await agent.expect('joined');
    await this.controlPlane?.noteReady(agent.process.name);
    this.controlPlane?.joined(agent);
    this.crowd = agent;
  }

  private async startLoad(host: Host): Promise<void> {
    this.load.length = 0;
    for (let index = 0; index < this.options.agents; index += 1) this.load.push(await this.startLoadAgent(host, index));
  }

  private async startLoadAgent(host: Host, index: number): Promise<Agent> {
    const name = this.options.agents === 1 ? 'load' : `load-${index}`;
    const { placement, scheduling } = this.options;
    const spec = agentProcess(name, placement.load);
    return new Agent(await this.start(host, { ...spec, nice: scheduling.load === 'raised' ? RAISED_NICE : 0 }));
  }

  private async startSidecar(sidecar: Sidecar, host: Host): Promise<void> {
    const { envoy, placement, scheduling } = this.options;
    if (envoy === undefined)
      throw new BenchError('internal', 'NO_ENVOY', 'the mesh has a sidecar, and no Envoy was prepared');
    await host.writeFile(CONFIG_FILE, JSON.stringify(sidecar.bootstrap));
    if (sidecar.uid !== undefined) await giveTo(sidecar.uid, host);
    const from = monotonicNow();
    const process = await this.start(host, {
      name: 'envoy',
      argv: [
        envoy,
        ...['-c', `${host.folder}/${CONFIG_FILE}`],
        ...['--concurrency', String(sidecar.concurrency)],
        ...['-l', 'error', '--disable-hot-restart'],
      ],
      env: {},
      cpus: placement.system,
      nice: 0,
      scheduling: scheduling.system,
      uid: sidecar.uid,
      netAdmin: sidecar.netAdmin,
      cpuQuota: sidecar.cpuLimit,
    });
    await untilReady(host, sidecar, process, nanos(from + (sidecar.dynamic ? DYNAMIC_READY_TIMEOUT : READY_TIMEOUT)));
    this.ready[process.name] = monotonicNow() - from;
    await this.controlPlane?.noteReady(process.name);
    if (scheduling.system === 'realtime') await process.putWorkersFirst();
    this.proxies.push({ host, sidecar });
  }
}

/** Its configuration and keys are of the host's user until then. */
async function giveTo(uid: number, host: Host): Promise<void> {
  const result = await host.share(uid, SHARE_TIMEOUT);
  succeeded(host, ['share', host.folder], result, 'only root can run a sidecar as another user');
}

function agentProcess(name: string, cpus: readonly number[]): ProcessSpec {
  return plainProcess(name, agentCommand(), cpus);
}

/** Envoy answers /ready with 200 once its listeners take connections. */
async function untilReady(host: Host, sidecar: Sidecar, process: HostProcess, deadline: Nanos): Promise<void> {
  let ended: string | undefined;
  void process.exited.then(({ stderr }) => {
    ended = stderr;
  });
  let last = 'no answer';
  while (ended === undefined && monotonicNow() < deadline) {
    const answer = await host.get(sidecar.adminSocket, '/ready', fromSeconds(1)).catch((error: Error) => error);
    if (answer instanceof Error) last = answer.message;
    else if (answer.status === 200) return;
    else last = answer.body.trim();
    await sleep(POLL_MS);
  }
  throw new BenchError('component', 'PROXY_NOT_READY', `${process.name} did not become ready: ${ended ?? last}`, {
    hint: 'its configuration is kept beside the report; try it with `envoy --mode validate -c FILE`',
  });
}

async function readCounters(host: Host, sidecar: Sidecar): Promise<Record<string, number>> {
  const { body } = await host.get(sidecar.adminSocket, '/stats?format=json&usedonly', fromSeconds(5));
  const { stats } = JSON.parse(body) as { stats: readonly { name?: string; value?: unknown }[] };
  const counters: Record<string, number> = {};
  for (const { name, value } of stats) {
    const wanted = name !== undefined && sidecar.counters.some((prefix) => name.startsWith(prefix));
    if (wanted && typeof value === 'number') counters[name] = value;
  }
  return counters;
}
