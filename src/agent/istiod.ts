import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  Api,
  get,
  ISTIOD_URLS,
  type IstiodFigures,
  readFigures,
  writeChange,
  writeCrds,
  writeObjects,
} from '../istiod/index.ts';
import type { ControlPlaneComponent } from '../mesh/index.ts';
import { monotonicNow } from '../metrics/index.ts';
import {
  type Change,
  type ChangeName,
  changeOf,
  generateObjects,
  type IstioObject,
  keyOf,
  NAMESPACE,
  type ObjectKey,
} from '../services/index.ts';
import { BenchError } from '../units/index.ts';
import type { AgentCommand, Written } from './protocol.ts';

/** An API server makes keys and reads its own kinds first, on a processor that it may have to share. */
const PATIENCE_MS = 180_000;
const CHANGE_MS = 30_000;
const POLL_MS = 20;

/** What the API server of this host was told, and what changes of it. */
export class IstiodObjects {
  readonly written: Written;
  private readonly api: Api;
  private readonly component: ControlPlaneComponent;
  private readonly known: Map<ObjectKey, IstioObject>;
  private readonly times = new Map<ChangeName, number>();
  private last: Change = { put: [], remove: [] };

  private constructor(api: Api, component: ControlPlaneComponent, known: readonly IstioObject[], written: Written) {
    this.api = api;
    this.component = component;
    this.known = new Map(known.map((object) => [keyOf(object), object]));
    this.written = written;
  }

  /** Writes all that istiod is to know. @throws BenchError component where the API server does not come up, or refuses something. */
  static async write(command: AgentCommand & { do: 'write' }): Promise<IstiodObjects> {
    const { component, seed, api: access, crds, given } = command;
    const api = new Api(access);
    const deadline = Date.now() + PATIENCE_MS;
    const from = monotonicNow();
    await api.settle({ method: 'GET', path: '/readyz' }, deadline);
    await writeCrds(api, await readFile(crds, 'utf8'), deadline);
    const up = monotonicNow();
    const { generated, objects: own, sidecars } = component;
    const pods = sidecars.map(({ app, namespace, address }) => ({ app, namespace, address }));
    const made = generateObjects({ ...generated, seed });
    const known = { objects: own, generated: made, kind: component.serviceKind, pods, given };
    const objects = await writeObjects(api, known, deadline);
    const written = { objects, kindsNs: up - from, objectsNs: monotonicNow() - up };
    return new IstiodObjects(api, component, [...made, ...own], written);
  }

  /** Makes the next change of this name. @throws BenchError component where the API server refuses it. */
  async change(name: ChangeName): Promise<void> {
    const times = this.times.get(name) ?? 0;
    this.times.set(name, times + 1);
    const { called } = this.component;
    const all = [...this.known.values()];
    const services = all.filter((one) => one.kind === 'ServiceEntry');
    // Services of the topology are in the namespace of their own.
    const [entries, generated] = [true, false].map((own) =>
      services.filter(({ metadata }) => (metadata.namespace === NAMESPACE) === own),
    );
    const sidecars = all.filter((one) => one.kind === 'Sidecar');
    await this.make(changeOf(name, { generated: generated ?? [], entries: entries ?? [], called, sidecars, times }));
  }

  /** Takes the last change back. @throws BenchError component where the API server refuses it. */
  async changeBack(): Promise<void> {
    await this.make(this.last);
  }

  private async make(change: Change): Promise<void> {
    const { known } = this;
    const before = (key: ObjectKey): readonly IstioObject[] => {
      const object = known.get(key);
      return object === undefined ? [] : [object];
    };
    const keys = change.put.map(keyOf);
    const made = change.put.filter((object) => !known.has(keyOf(object)));
    const others = change.put.filter((object) => known.has(keyOf(object)));
    const removed = change.remove.flatMap(before);
    this.last = { put: [...keys, ...change.remove].flatMap(before), remove: made.map(keyOf) };
    const { serviceKind: kind } = this.component;
    await writeChange(this.api, { made, changed: others, removed, kind }, Date.now() + CHANGE_MS);
    for (const object of change.put) known.set(keyOf(object), object);
    for (const key of change.remove) known.delete(key);
  }
}

/** Resolves when istiod has read everything. @throws BenchError component where it does not in time. */
export async function awaitIstiod(): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  let said = 'no answer';
  while (Date.now() < deadline) {
    const answer = await get(ISTIOD_URLS.ready).catch((error: Error) => error);
    if (answer instanceof Error) said = answer.message;
    else if (answer.status === 200) return;
    else said = answer.body.trim();
    await sleep(POLL_MS);
  }
  throw new BenchError('component', 'ISTIOD_NOT_READY', `istiod did not become ready: ${said}`);
}

export async function askIstiod(): Promise<IstiodFigures> {
  return readFigures((await get(ISTIOD_URLS.metrics)).body);
}
