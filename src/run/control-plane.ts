import type { AgentCommand, AgentEvent } from '../agent/index.ts';
import type { ControlPlaneComponent } from '../mesh/index.ts';
import { monotonicNow } from '../metrics/index.ts';
import type { Trial } from '../record/index.ts';
import type { HostProcess, ProcessSpec, World } from '../runtime/index.ts';
import { CROWD, controlPlaneProcesses } from '../scenario/index.ts';
import type { ChangeName } from '../services/index.ts';
import { BenchError, type Nanos } from '../units/index.ts';
import type { Proposal, Pushed, RolloutPlan, Served } from '../xds/index.ts';
import { Agent } from './agent-client.ts';
import { SpentNotes } from './control-plane-spent.ts';

/** How sidecars were configured. */
export type ControlPlaneReading = Omit<NonNullable<Trial['controlPlane']>, 'pushes'>;
type Stream = ControlPlaneReading['streams'][number];

/** A control plane of a deployment, whichever it is. */
export interface RunningControlPlane {
  /** Processes that ended because they were meant to. */
  readonly killed: ReadonlySet<HostProcess>;
  /** Reads what a sidecar and the control plane have used, at the instant at which the sidecar became ready. */
  noteReady(sidecar: string): Promise<void>;
  /** Kills what tells the sidecars, by its name as a component; with the instant. */
  kill(component: string): Promise<Nanos>;
  /** Starts it again, from what it was started from; resolves with the instant at which it serves. */
  comeBack(component: string): Promise<Nanos>;
  /** What it has done so far. @throws BenchError component where a sidecar refused something. */
  reading(): Promise<ControlPlaneReading>;
  /** Has it push when an event says so. */
  readonly pushing: Pusher;
  /** Makes the light clients beside its sidecars known. */
  joined(crowd: Agent): void;
}

/** Who pushes: one change at a time, which is worked out first and then goes to group after group. */
export interface Pusher {
  /** @throws BenchError component while another is under way. */
  propose(change: ChangeName, plan: RolloutPlan): Promise<Proposed>;
  /** Tells the next group; resolves when its last sidecar has acknowledged. */
  advance(): Promise<Pushed>;
  /** Takes the push back from all that were told. */
  rollBack(): Promise<Pushed>;
}

/** What a push is to be: without what only the built-in control plane can say of it. */
export interface Proposed extends Pick<Proposal, 'groups' | 'units'> {
  readonly difference: Proposal['difference'] | null;
  readonly encodeNs: number | null;
}

/** What a control plane is started from, and started from again. */
export interface ControlPlaneLaunch {
  readonly world: World;
  readonly component: ControlPlaneComponent;
  readonly seed: number;
  readonly spec: ProcessSpec;
  /** Which of two servers, or the only one. */
  readonly serves: Served;
  /** Makes a process known under its name. */
  readonly register: (process: HostProcess) => void;
}

/** The built-in control plane, as the conductor asks it: one question at a time. */
export class ControlPlaneClient implements RunningControlPlane, Pusher {
  readonly killed = new Set<HostProcess>();
  private agent: Agent;
  private prepared: ControlPlaneReading['prepared'];
  private readonly launch: ControlPlaneLaunch;
  private readonly notes: SpentNotes;
  /** Of processes that were killed, up to the instant before. */
  private readonly past: Stream[] = [];
  private busy: Promise<unknown> = Promise.resolve();

  private constructor(launch: ControlPlaneLaunch, agent: Agent, prepared: ControlPlaneReading['prepared']) {
    this.launch = launch;
    this.agent = agent;
    this.prepared = prepared;
    const eds = launch.component.eds === undefined ? 'same' : 'own';
    this.notes = new SpentNotes(launch.world, controlPlaneProcesses({ kind: 'xds', eds }));
  }

  get pushing(): this {
    return this;
  }

  /** It sees for itself what they acknowledge. */
  joined(): void {}

  /** Resolves when it serves. @throws BenchError component where it cannot. */
  static async start(launch: ControlPlaneLaunch, process: HostProcess): Promise<ControlPlaneClient> {
    const agent = new Agent(process);
    return new ControlPlaneClient(launch, agent, await serve(agent, launch));
  }

  noteReady(sidecar: string): Promise<void> {
    return this.notes.note(sidecar);
  }

  async propose(change: ChangeName, plan: RolloutPlan): Promise<Proposal> {
    return (await this.ask({ do: 'propose', change, plan }, 'proposed')).proposal;
  }

  async advance(): Promise<Pushed> {
    return (await this.ask({ do: 'advance' }, 'pushed')).pushed;
  }

  async rollBack(): Promise<Pushed> {
    return (await this.ask({ do: 'roll-back' }, 'pushed')).pushed;
  }

  /** Asks for what is answered by one event. @throws BenchError component where it fails. */
  private async ask<K extends AgentEvent['event']>(
    command: AgentCommand,
    event: K,
  ): Promise<Extract<AgentEvent, { event: K }>> {
    const answer = this.busy.then(async () => {
      this.agent.command(command);
      return await this.agent.expect(event);
    });
    this.busy = answer.catch(() => undefined);
    return await answer;
  }

  /** Kills it; with the instant. What went over its streams was read right before. */
  async kill(): Promise<Nanos> {
    this.past.push(...(await this.streams()));
    const { process } = this.agent;
    this.killed.add(process);
    const at = await process.signal('SIGKILL');
    await process.exited;
    return at;
  }

  /** Starts it again, from what it was started from; resolves with the instant at which it serves. */
  async comeBack(): Promise<Nanos> {
    const process = await this.agent.process.replace(this.launch.spec);
    this.launch.register(process);
    this.agent = new Agent(process);
    await serve(this.agent, this.launch);
    return monotonicNow();
  }

  /** What went over the streams so far. @throws BenchError component where a sidecar refused something. */
  async reading(): Promise<ControlPlaneReading> {
    const streams = [...this.past, ...(await this.streams())];
    const refused = streams.find(({ refusals }) => refusals.length > 0);
    const [refusal] = refused?.refusals ?? [];
    if (refused !== undefined && refusal !== undefined) {
      const message = `${refused.node} refused a ${refusal.kind} that the control plane sent: ${refusal.message}`;
      throw new BenchError('component', 'CONFIGURATION_REFUSED', message, {
        hint: 'another version of Envoy may take it: mesh.envoy.version',
      });
    }
    return { prepared: this.prepared, spent: this.notes.byComponent, streams };
  }

  /** Those of the crowd are alike, and left out. */
  private async streams(): Promise<readonly Stream[]> {
    const { traffic } = await this.ask({ do: 'report' }, 'traffic');
    return traffic
      .filter(({ node, refusals }) => !isOfCrowd(node) || refusals.length > 0)
      .map((one) => ({ ...one, refusals: [...one.refusals] }));
  }
}

/** Light clients call themselves so. */
function isOfCrowd(node: string): boolean {
  return workloadOf(node).startsWith(`${CROWD}-`);
}

/** The workload of a node id like `sidecar~198.18.0.10~client.default~default.svc.cluster.local`. */
export function workloadOf(node: string): string {
  return node.split('~')[2]?.split('.')[0] ?? '';
}

async function serve(agent: Agent, launch: ControlPlaneLaunch): Promise<ControlPlaneReading['prepared']> {
  const { component, seed, serves } = launch;
  agent.command({ do: 'control', component, seed, serves });
  return (await agent.expect('controlling')).prepared;
}
