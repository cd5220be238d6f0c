import { setTimeout as sleep } from 'node:timers/promises';
import { BenchError } from '../units/index.ts';
import type { Api } from './api.ts';
import type { GivenObject } from './given.ts';
import { inParallel } from './parallel.ts';

/** Where objects of a kind are. */
interface Resource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

const DEFAULT_NAMESPACE = 'default';
const KINDS_MS = 30_000;
const POLL_MS = 50;

/** The namespaces that they are in, each once. */
export function namespacesOf(objects: readonly GivenObject[]): readonly string[] {
  return [...new Set(objects.map(({ metadata }) => metadata.namespace ?? DEFAULT_NAMESPACE))];
}

/**
 * Objects of any kinds that the API server knows, in parallel; their namespaces are there.
 * @throws BenchError component where it does not know one, or refuses it.
 */
export async function writeGiven(api: Api, objects: readonly GivenObject[], deadline: number): Promise<void> {
  const folderOf = await foldersOf(api, objects, deadline);
  await inParallel(objects, async (object) => {
    await api.settle({ method: 'POST', path: folderOf(object), body: JSON.stringify(object) }, deadline);
  });
}

/**
 * Where objects of these kinds are written.
 * @throws BenchError component where the API server does not know one: now, or when it is asked for.
 */
export async function foldersOf(
  api: Api,
  objects: readonly GivenObject[],
  deadline: number,
): Promise<(object: GivenObject) => string> {
  const known = new Map<string, readonly Resource[]>();
  for (const version of new Set(objects.map(({ apiVersion }) => apiVersion)))
    known.set(version, await resourcesOf(api, version, kindsOf(version, objects), deadline));
  return (object) => pathOf(object, known.get(object.apiVersion) ?? []);
}

function kindsOf(version: string, objects: readonly GivenObject[]): ReadonlySet<string> {
  return new Set(objects.flatMap(({ apiVersion, kind }) => (apiVersion === version ? [kind] : [])));
}

/** Kinds that were made a moment ago come one after the other: they are waited for a while. */
async function resourcesOf(
  api: Api,
  apiVersion: string,
  kinds: ReadonlySet<string>,
  deadline: number,
): Promise<readonly Resource[]> {
  const patience = Date.now() + KINDS_MS;
  for (;;) {
    const { body } = await api.settle({ method: 'GET', path: rootOf(apiVersion) }, deadline);
    const { resources } = JSON.parse(body) as { readonly resources: readonly Resource[] };
    const missing = [...kinds].filter((kind) => !resources.some((one) => one.kind === kind));
    if (missing.length === 0 || Date.now() > patience) return resources;
    await sleep(POLL_MS);
  }
}

function rootOf(apiVersion: string): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

function pathOf({ apiVersion, kind, metadata }: GivenObject, resources: readonly Resource[]): string {
  const resource = resources.find((one) => one.kind === kind && !one.name.includes('/'));
  if (resource === undefined) {
    throw new BenchError('component', 'UNKNOWN_KIND', `the API server knows no ${kind} of ${apiVersion}`, {
      hint: `leave ${kind} ${metadata.name} out of --objects: Istio's own kinds and those of Kubernetes can be given`,
    });
  }
  const within = resource.namespaced ? `/namespaces/${metadata.namespace ?? DEFAULT_NAMESPACE}` : '';
  return `${rootOf(apiVersion)}${within}/${resource.name}`;
}
