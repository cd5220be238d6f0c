import { type IstioObject, NAMESPACE } from '../services/index.ts';
import type { Api, ApiRequest } from './api.ts';
import type { GivenObject } from './given.ts';
import { inParallel } from './parallel.ts';
import { ROOT_NAMESPACE } from './processes.ts';
import { asGiven, objectsOf, type ServiceKind } from './shapes.ts';
import { foldersOf, namespacesOf, writeGiven } from './write-given.ts';

/** A workload with a sidecar: istiod knows it by its pod. */
export interface Pod {
  readonly app: string;
  readonly namespace: string;
  readonly address: string;
}

const MERGE = 'application/merge-patch+json';
const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

/**
 * Istio's custom resources, by the text of the file in which its charts have them.
 * @throws BenchError component where the API server does not take one by `deadline`, in ms of Date.now.
 */
export async function writeCrds(api: Api, text: string, deadline: number): Promise<void> {
  const definitions = text.split(/^---\s*$/mu).filter((part) => part.includes('kind: CustomResourceDefinition'));
  const type = 'application/yaml';
  await inParallel(definitions, (body) => api.settle({ method: 'POST', path: CRDS, body, type }, deadline));
}

/** What istiod is to know. */
export interface Known {
  readonly objects: readonly IstioObject[];
  /** Services that are made up, and how istiod is told of them. */
  readonly generated: readonly IstioObject[];
  readonly kind: ServiceKind;
  readonly pods: readonly Pod[];
  /** What a user brings along. */
  readonly given: readonly GivenObject[];
}

/**
 * Everything that istiod is to know: namespaces first, then pods, and all objects in parallel; with how many objects.
 * @throws BenchError component where the API server refuses one.
 */
export async function writeObjects(
  api: Api,
  { objects, generated, kind, pods, given }: Known,
  deadline: number,
): Promise<number> {
  const made = generated.flatMap((one) => asWritten(one, kind));
  const all = lastOfEach([PLAINTEXT, ...made, ...objects.map(asGiven), ...given]);
  const namespaces = new Set([...namespacesOf(all), ...pods.map(({ namespace }) => namespace)]);
  await inParallel([...namespaces], (name) =>
    api.settle(created('/api/v1/namespaces', { metadata: { name } }), deadline),
  );
  await inParallel(pods, (pod) => writePod(api, pod, deadline));
  await writeGiven(api, all, deadline);
  return all.length;
}

/** What changes in what istiod knows. */
export interface WrittenChange {
  readonly made: readonly IstioObject[];
  /** Those that are there, as they are from now on. */
  readonly changed: readonly IstioObject[];
  readonly removed: readonly IstioObject[];
  readonly kind: ServiceKind;
}

/**
 * Makes a change: what is new, then what is another, then what goes, so that nothing refers to what is not there.
 * @throws BenchError component where the API server refuses one.
 */
export async function writeChange(
  api: Api,
  { made, changed, removed, kind }: WrittenChange,
  deadline: number,
): Promise<void> {
  const [fresh, others, gone] = [made, changed, removed].map((objects) =>
    objects.flatMap((one) => asWritten(one, kind)),
  ) as [GivenObject[], GivenObject[], GivenObject[]];
  const folderOf = await foldersOf(api, [...fresh, ...others, ...gone], deadline);
  const pathOf = (object: GivenObject): string => `${folderOf(object)}/${object.metadata.name}`;
  const body = (object: GivenObject): string => JSON.stringify(object);
  await inParallel(fresh, (one) => api.settle({ method: 'POST', path: folderOf(one), body: body(one) }, deadline));
  await inParallel(others, (one) =>
    api.settle({ method: 'PATCH', path: pathOf(one), body: body(one), type: MERGE }, deadline),
  );
  await inParallel(gone, (one) => api.settle({ method: 'DELETE', path: pathOf(one) }, deadline));
}

/** Services of the topology are ServiceEntries whatever those that are made up are. */
function asWritten(object: IstioObject, kind: ServiceKind): readonly GivenObject[] {
  const madeUp = object.kind === 'ServiceEntry' && object.metadata.namespace !== NAMESPACE;
  return madeUp ? objectsOf(object, kind) : [asGiven(object)];
}

/** What is given comes later, and wins. */
function lastOfEach(objects: readonly GivenObject[]): readonly GivenObject[] {
  const byName = objects.map((object) => {
    const { apiVersion, kind, metadata } = object;
    return [[apiVersion.split('/')[0], kind, metadata.namespace, metadata.name].join(' '), object] as const;
  });
  return [...new Map(byName).values()];
}

/** The mesh has no certificates, so that nobody may wait for any. */
const PLAINTEXT: GivenObject = {
  apiVersion: 'security.istio.io/v1',
  kind: 'PeerAuthentication',
  metadata: { name: 'default', namespace: ROOT_NAMESPACE },
  spec: { mtls: { mode: 'DISABLE' } },
};

/** No kubelet is here to say that it runs. */
async function writePod(api: Api, { app, namespace, address }: Pod, deadline: number): Promise<void> {
  const pods = `/api/v1/namespaces/${namespace}/pods`;
  const metadata = { name: app, namespace, labels: { app } };
  const spec = { containers: [{ name: 'app', image: 'none' }], nodeName: 'meshbench' };
  await api.settle(created(pods, { metadata, spec }), deadline);
  const conditions = [{ type: 'Ready', status: 'True' }];
  const status = { phase: 'Running', podIP: address, podIPs: [{ ip: address }], conditions };
  const body = JSON.stringify({ status });
  await api.settle({ method: 'PATCH', path: `${pods}/${app}/status`, body, type: MERGE }, deadline);
}

function created(path: string, object: unknown): ApiRequest {
  return { method: 'POST', path, body: JSON.stringify(object) };
}
