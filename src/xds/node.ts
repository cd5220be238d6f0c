import { CLUSTER_ID, type InterceptionMode, type Viewer } from '../services/index.ts';

/** A proxy as it introduces itself. */
export interface Node extends Viewer {
  readonly id: string;
  /** What names are completed with: `default.svc.cluster.local`. */
  readonly domain: string;
  readonly mode: InterceptionMode;
  /** Of Kubernetes, by Istio's name for it. */
  readonly cluster: string;
}

/** The node of Envoy's first request: decoded messages hold no more than what was sent. */
export interface NodeMessage {
  readonly id?: string;
  readonly metadata?: StructMessage | null;
}

interface StructMessage {
  readonly fields?: Readonly<Record<string, ValueMessage>>;
}

interface ValueMessage {
  readonly stringValue?: string;
  readonly structValue?: StructMessage | null;
}

const MODES: readonly InterceptionMode[] = ['REDIRECT', 'TPROXY', 'NONE'];

/** Reads `sidecar~<ip>~<pod>.<namespace>~<domain>` and the metadata NAMESPACE, LABELS, INTERCEPTION_MODE and CLUSTER_ID, as Istio has them. */
export function readNode({ id = '', metadata }: NodeMessage): Node {
  const [, , pod = '', domain = ''] = id.split('~');
  const fields = metadata?.fields ?? {};
  const labels = Object.entries(fields['LABELS']?.structValue?.fields ?? {});
  return {
    id,
    domain,
    namespace: fields['NAMESPACE']?.stringValue ?? pod.slice(pod.indexOf('.') + 1),
    labels: Object.fromEntries(labels.map(([name, value]) => [name, value.stringValue ?? ''])),
    mode: MODES.find((mode) => mode === fields['INTERCEPTION_MODE']?.stringValue) ?? 'REDIRECT',
    cluster: fields['CLUSTER_ID']?.stringValue ?? CLUSTER_ID,
  };
}
