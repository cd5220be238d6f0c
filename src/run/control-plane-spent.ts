import { monotonicNow, type UsageSample } from '../metrics/index.ts';
import type { Trial } from '../record/index.ts';
import type { World } from '../runtime/index.ts';
import { fromSeconds } from '../units/index.ts';

type Spent = NonNullable<Trial['controlPlane']>['spent'][string];

/** What a control plane and its sidecars have used at the instants at which these became ready. */
export class SpentNotes {
  readonly byComponent: Record<string, Spent> = {};
  private readonly world: Pick<World, 'observe'>;
  private readonly servers: readonly string[];

  constructor(world: Pick<World, 'observe'>, servers: readonly string[]) {
    this.world = world;
    this.servers = servers;
  }

  async note(sidecar: string): Promise<void> {
    const now = monotonicNow();
    const request = { from: now, until: now, interval: fromSeconds(1), memory: false };
    const sample = (await this.world.observe(request)).at(-1);
    if (sample === undefined) return;
    for (const name of [sidecar, ...this.servers]) {
      const spent = spentBy(name, sample);
      if (spent !== undefined) this.byComponent[name] = spent;
    }
  }
}

function spentBy(name: string, { processes }: UsageSample): Spent | undefined {
  const process = processes[name];
  if (process === undefined) return undefined;
  const cpuNs = Object.values(process.threads).reduce((sum, { run }) => sum + run, 0);
  return { cpuNs, rssBytes: process.rssBytes };
}
