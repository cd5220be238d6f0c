import { monotonicNow, type UsageSample } from '../metrics/index.ts';
import type { Trial } from '../record/index.ts';
import type { World } from '../runtime/index.ts';
import { CONTROL_PLANE, CONTROL_PLANE_PROCESS } from '../scenario/index.ts';
import { BenchError, fromSeconds } from '../units/index.ts';
import type { Agent } from './agent-client.ts';

/** How sidecars were configured. */
export type ControlPlaneReading = NonNullable<Trial['controlPlane']>;
type Spent = ControlPlaneReading['spent'][string];

const SERVER = `${CONTROL_PLANE}.${CONTROL_PLANE_PROCESS}`;

/** The control plane of a deployment, as the conductor asks it. */
export class ControlPlaneClient {
  private readonly agent: Agent;
  private readonly prepared: ControlPlaneReading['prepared'];
  private readonly world: World;
  private readonly spent: Record<string, Spent> = {};

  constructor(agent: Agent, prepared: ControlPlaneReading['prepared'], world: World) {
    this.agent = agent;
    this.prepared = prepared;
    this.world = world;
  }

  /** Reads what a sidecar and the control plane have used, at the instant at which the sidecar became ready. */
  async noteReady(sidecar: string): Promise<void> {
    const now = monotonicNow();
    const sample = (await this.world.observe({ from: now, until: now, interval: fromSeconds(1) })).at(-1);
    if (sample === undefined) return;
    for (const name of [sidecar, SERVER]) {
      const spent = spentBy(name, sample);
      if (spent !== undefined) this.spent[name] = spent;
    }
  }

  /** What went over the streams so far. @throws BenchError component where a sidecar refused something. */
  async reading(): Promise<ControlPlaneReading> {
    this.agent.command({ do: 'report' });
    const { traffic } = await this.agent.expect('traffic');
    const streams = traffic.map((one) => ({ ...one, refusals: [...one.refusals] }));
    const refused = streams.find(({ refusals }) => refusals.length > 0);
    const [refusal] = refused?.refusals ?? [];
    if (refused !== undefined && refusal !== undefined) {
      const message = `${refused.node} refused a ${refusal.kind} that the control plane sent: ${refusal.message}`;
      throw new BenchError('component', 'CONFIGURATION_REFUSED', message, {
        hint: 'another version of Envoy may take it: mesh.envoy.version',
      });
    }
    return { prepared: this.prepared, spent: this.spent, streams };
  }
}

function spentBy(name: string, { processes }: UsageSample): Spent | undefined {
  const process = processes[name];
  if (process === undefined) return undefined;
  const cpuNs = Object.values(process.threads).reduce((sum, { run }) => sum + run, 0);
  return { cpuNs, rssBytes: process.rssBytes };
}
