import type { Plan } from '../plan/index.ts';
import { RUNTIMES, type World, type WorldOptions } from '../runtime/index.ts';
import type { RuntimeName } from '../scenario/index.ts';

/** Where the hosts of the variants live, each once. */
export function runtimesOf({ variants }: Plan): readonly RuntimeName[] {
  return [...new Set(variants.map(({ settings }) => settings.runtime.name))];
}

/** The worlds of a run, which end together. */
export class Worlds implements AsyncDisposable {
  private readonly opened = new Map<RuntimeName, World>();

  get byRuntime(): ReadonlyMap<RuntimeName, World> {
    return this.opened;
  }

  /** @throws BenchError preflight where the machine forbids one; those before it are open then. */
  async open(runtimes: readonly RuntimeName[], options: WorldOptions): Promise<void> {
    for (const runtime of runtimes) this.opened.set(runtime, await RUNTIMES[runtime].open(options));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.opened.values()].map((world) => world[Symbol.asyncDispose]()));
  }
}
