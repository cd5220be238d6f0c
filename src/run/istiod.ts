import { agentCommand, type Written } from '../agent/index.ts';
import { type IstiodLaunch, type Launch, launchOf } from '../istiod/index.ts';
import type { ControlPlaneComponent } from '../mesh/index.ts';
import { monotonicNow } from '../metrics/index.ts';
import { type Host, type HostProcess, type ProcessSpec, plainProcess, type World } from '../runtime/index.ts';
import { CONTROL_PLANE_PROCESSES, controlPlaneProcesses, type PushName } from '../scenario/index.ts';
import { nodeId } from '../services/index.ts';
import { BenchError, type Nanos } from '../units/index.ts';
import type { Pushed } from '../xds/index.ts';
import { Agent } from './agent-client.ts';
import type { ControlPlaneReading, Proposed, Pusher, RunningControlPlane } from './control-plane.ts';
import { SpentNotes } from './control-plane-spent.ts';
import { deathOf, firstOf } from './first-of.ts';
import type { IstiodSetup } from './reference.ts';

/** What istiod is started from. */
export interface IstiodStart {
  readonly world: World;
  readonly host: Host;
  readonly component: ControlPlaneComponent;
  readonly seed: number;
  readonly setup: IstiodSetup;
  /** Processors of the three; of what writes the objects. */
  readonly system: Pick<ProcessSpec, 'cpus'>;
  readonly harness: Pick<ProcessSpec, 'cpus'>;
  readonly start: (spec: ProcessSpec) => Promise<HostProcess>;
  /** Makes a process known under its name. */
  readonly register: (process: HostProcess) => void;
}

const [ISTIOD, API_SERVER, ETCD] = CONTROL_PLANE_PROCESSES.istiod;
/** What writes the objects, and asks istiod: part of the harness. */
const WRITER = 'objects';

/** A real istiod with the API server and the etcd that it needs, each a process of the control plane's host. */
export class IstiodClient implements RunningControlPlane, Pusher {
  readonly killed = new Set<HostProcess>();
  readonly pushing: Pusher = this;
  private readonly readyNs: number;
  private readonly from: IstiodStart;
  private readonly launch: IstiodLaunch;
  private readonly writer: Agent;
  private readonly written: Written;
  private readonly notes: SpentNotes;
  private istiod: HostProcess;
  private crowd: Agent | undefined;
  private proposed: PushName | undefined;
  private underWay = false;

  private constructor(from: IstiodStart, started: Started) {
    this.from = from;
    this.launch = started.launch;
    this.writer = started.writer;
    this.written = started.written;
    this.istiod = started.istiod;
    this.readyNs = started.readyNs;
    this.notes = new SpentNotes(from.world, controlPlaneProcesses({ kind: 'istiod', eds: 'same' }));
  }

  /**
   * Starts etcd and the API server, writes all that istiod is to know, and starts it; resolves when it has read that.
   * @throws BenchError component where one of them ends, or is not ready in time.
   */
  static async start(from: IstiodStart): Promise<IstiodClient> {
    const { host, component, seed } = from;
    const { programs, given } = from.setup;
    const paths = { etcd: programs.etcd.path, apiServer: programs.apiServer.path, istiod: programs.istiod.path };
    const launch = launchOf({
      ...component.endpoint,
      folder: host.folder,
      meshConfig: given.meshConfig,
      programs: paths,
    });
    for (const [name, content] of Object.entries(launch.files)) await host.writeFile(name, content);
    const servers = [
      await from.start(specOf(ETCD, launch.etcd, from)),
      await from.start(specOf(API_SERVER, launch.apiServer, from)),
    ];
    const writer = new Agent(
      await from.start({ ...specOf(WRITER, { argv: agentCommand(), env: {} }, from), ...from.harness }),
    );
    writer.command({ do: 'write', component, seed, api: launch.api, crds: programs.crds, given: given.objects });
    const { written } = await firstOf(writer.expect('written'), ...servers.map((server) => deathOf(server)));
    const startedAt = monotonicNow();
    const istiod = await from.start(specOf(ISTIOD, launch.istiod, from));
    await untilReady(writer, [...servers, istiod]);
    return new IstiodClient(from, { launch, writer, written, istiod, readyNs: monotonicNow() - startedAt });
  }

  joined(crowd: Agent): void {
    this.crowd = crowd;
  }

  /** istiod tells all at once, and says nothing of what that will be. */
  async propose(what: PushName): Promise<Proposed> {
    this.proposed = what;
    const groups = [this.from.component.sidecars.map(({ app, namespace, address }) => nodeId(app, namespace, address))];
    return { groups, units: [[]], difference: null, encodeNs: null };
  }

  /** Writes what changes; the light clients say when they were told. */
  advance(): Promise<Pushed> {
    return this.carryOn('advance');
  }

  rollBack(): Promise<Pushed> {
    return this.carryOn('roll-back');
  }

  private async carryOn(how: 'advance' | 'roll-back'): Promise<Pushed> {
    const { crowd, writer, proposed } = this;
    if (crowd === undefined || proposed === undefined)
      throw new BenchError('internal', 'NOTHING_PROPOSED', 'istiod has nothing to push, or nobody who says so');
    if (this.underWay) {
      throw new BenchError(
        'component',
        'PUSH_UNDER_WAY',
        'an event pushes before istiod was done with the one before',
        {
          hint: 'let two seconds more pass between them',
        },
      );
    }
    this.underWay = true;
    const since = monotonicNow();
    writer.command(how === 'advance' ? { do: 'change', change: proposed } : { do: 'change-back' });
    await writer.expect('changed');
    crowd.command({ do: 'await-told', since });
    const { pushed } = await crowd.expect('pushed');
    this.underWay = false;
    return pushed;
  }

  noteReady(sidecar: string): Promise<void> {
    return this.notes.note(sidecar);
  }

  async kill(): Promise<Nanos> {
    this.killed.add(this.istiod);
    const at = await this.istiod.signal('SIGKILL');
    await this.istiod.exited;
    return at;
  }

  /** Reads everything anew out of its API server. */
  async comeBack(): Promise<Nanos> {
    this.istiod = await this.istiod.replace(specOf(ISTIOD, this.launch.istiod, this.from));
    this.from.register(this.istiod);
    await untilReady(this.writer, [this.istiod]);
    return monotonicNow();
  }

  async reading(): Promise<ControlPlaneReading> {
    this.writer.command({ do: 'ask-istiod' });
    const { figures } = await this.writer.expect('istiod');
    if (figures.rejected > 0) {
      throw new BenchError(
        'component',
        'CONFIGURATION_REFUSED',
        `a sidecar refused what istiod sent, ${figures.rejected} times`,
        {
          hint: 'another version of Envoy may take it: mesh.envoy.version',
        },
      );
    }
    const { readyNs, written } = this;
    const { pushes, triggers, ...others } = figures;
    return {
      spent: this.notes.byComponent,
      streams: [],
      istiod: { ...others, pushes: { ...pushes }, triggers: { ...triggers }, written, readyNs },
    };
  }
}

interface Started {
  readonly launch: IstiodLaunch;
  readonly writer: Agent;
  readonly written: Written;
  readonly istiod: HostProcess;
  readonly readyNs: number;
}

function specOf(name: string, { argv, env }: Launch, { system }: IstiodStart): ProcessSpec {
  return { ...plainProcess(name, argv, system.cpus), env };
}

async function untilReady(writer: Agent, servers: readonly HostProcess[]): Promise<void> {
  writer.command({ do: 'await-istiod' });
  await firstOf(writer.expect('istiod-ready'), ...servers.map((server) => deathOf(server)));
}
