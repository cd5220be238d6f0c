import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Api, get, ISTIOD_URLS, type IstiodFigures, readFigures, writeCrds, writeObjects } from '../istiod/index.ts';
import { monotonicNow } from '../metrics/index.ts';
import { generateObjects, NAMESPACE } from '../services/index.ts';
import { BenchError } from '../units/index.ts';
import type { AgentCommand, Written } from './protocol.ts';

/** An API server makes keys and reads its own kinds first, on a processor that it may have to share. */
const PATIENCE_MS = 180_000;
const POLL_MS = 20;

/** @throws BenchError component where the API server does not come up, or refuses something. */
export async function writeAll({
  component,
  seed,
  api,
  crds,
  given,
}: AgentCommand & { do: 'write' }): Promise<Written> {
  using server = new Api(api);
  const deadline = Date.now() + PATIENCE_MS;
  const from = monotonicNow();
  await server.settle({ method: 'GET', path: '/readyz' }, deadline);
  await writeCrds(server, await readFile(crds, 'utf8'), deadline);
  const up = monotonicNow();
  const { generated, objects: own, sidecars } = component;
  const pods = sidecars.map(({ app, address }) => ({ app, address, namespace: NAMESPACE }));
  const made = generateObjects({ ...generated, seed });
  const known = { objects: own, generated: made, kind: component.serviceKind, pods, given };
  const objects = await writeObjects(server, known, deadline);
  return { objects, kindsNs: up - from, objectsNs: monotonicNow() - up };
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
