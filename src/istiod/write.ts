import type { IstioObject } from '../services/index.ts';
import type { Api, ApiRequest } from './api.ts';
import type { GivenObject } from './given.ts';
import { inParallel } from './parallel.ts';
import { ROOT_NAMESPACE } from './processes.ts';
import { asGiven, objectsOf, type ServiceKind } from './shapes.ts';
import { namespacesOf, writeGiven } from './write-given.ts';

/** A workload with a sidecar: istiod knows it by its pod. */
export interface Pod {
  readonly app: string;
  readonly namespace: string;
  readonly address: string;
}

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
  const made = generated.flatMap((one) => (one.kind === 'ServiceEntry' ? objectsOf(one, kind) : [asGiven(one)]));
  const all = lastOfEach([PLAINTEXT, ...made, ...objects.map(asGiven), ...given]);
  const namespaces = new Set([...namespacesOf(all), ...pods.map(({ namespace }) => namespace)]);
  await inParallel([...namespaces], (name) =>
    api.settle(created('/api/v1/namespaces', { metadata: { name } }), deadline),
  );
  await inParallel(pods, (pod) => writePod(api, pod, deadline));
  await writeGiven(api, all, deadline);
  return all.length;
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
  const type = 'application/merge-patch+json';
  await api.settle({ method: 'PATCH', path: `${pods}/${app}/status`, body, type }, deadline);
}

function created(path: string, object: unknown): ApiRequest {
  return { method: 'POST', path, body: JSON.stringify(object) };
}
