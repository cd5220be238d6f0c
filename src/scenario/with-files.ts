import { join } from 'node:path';
import { hostOf, NAMESPACE } from '../services/index.ts';
import { readArrivals } from './arrivals.ts';
import { readObjects } from './objects.ts';
import type { GivenObjects, Patch, Scenario, Schedule, Settings } from './scenario.ts';

/** The scenario with what is in the files that it names. @throws BenchError usage, see {@link readArrivals} and {@link readObjects}. */
export async function withFiles(scenario: Scenario, folder: string): Promise<Scenario> {
  const files = new Files(folder, scenario);
  const { base, variants, matrix } = scenario;
  return {
    ...scenario,
    base: { ...base, ...(await files.fill(base)) },
    variants: await Promise.all(variants.map(async (one) => ({ ...one, patch: await files.patch(one.patch) }))),
    matrix: await Promise.all(
      matrix.map(async (axis) => ({
        ...axis,
        points: await Promise.all(axis.points.map(async (one) => ({ ...one, patch: await files.patch(one.patch) }))),
      })),
    ),
  };
}

/** Each file is read once, however many variants name it. */
class Files {
  private readonly folder: string;
  private readonly hosts: readonly string[];
  private readonly known = new Map<string, Promise<unknown>>();

  constructor(folder: string, { workloads }: Scenario) {
    this.folder = folder;
    this.hosts = workloads.flatMap(({ name, port }) => (port === undefined ? [] : [hostOf(name, NAMESPACE)]));
  }

  async fill({ load, services }: Settings): Promise<Pick<Settings, 'load' | 'services'>> {
    return {
      load: { ...load, schedule: await this.schedule(load.schedule) },
      services: { ...services, objects: await this.objects(services.objects) },
    };
  }

  async patch(patch: Patch): Promise<Patch> {
    const { load, services } = patch;
    const schedule = load?.schedule === undefined ? undefined : await this.schedule(load.schedule);
    const objects = services?.objects === undefined ? undefined : await this.objects(services.objects);
    return {
      ...patch,
      ...(schedule === undefined ? {} : { load: { ...load, schedule } }),
      ...(objects === undefined ? {} : { services: { ...services, objects } }),
    };
  }

  private async schedule(schedule: Schedule): Promise<Schedule> {
    if (typeof schedule === 'string' || schedule.kind !== 'replay') return schedule;
    const { file } = schedule;
    return {
      ...schedule,
      instants: await this.once(`arrivals ${file}`, () => readArrivals(join(this.folder, file), this.folder)),
    };
  }

  private async objects({ path }: GivenObjects): Promise<GivenObjects> {
    if (path === '') return { path, list: [] };
    const list = await this.once(`objects ${path}`, () =>
      readObjects(join(this.folder, path), this.folder, this.hosts),
    );
    return { path, list };
  }

  private async once<T>(key: string, read: () => Promise<T>): Promise<T> {
    const known = (this.known.get(key) as Promise<T> | undefined) ?? read();
    this.known.set(key, known);
    return await known;
  }
}
