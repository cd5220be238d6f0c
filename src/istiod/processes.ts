import { generateKeyPairSync, randomBytes } from 'node:crypto';

/** Where istiod and what it needs run, and from what. */
export interface IstiodPlace {
  /** The host's address, and the port on which sidecars ask in plaintext. */
  readonly address: string;
  readonly port: number;
  /** The host's folder. */
  readonly folder: string;
  /** Fields of a user's mesh configuration. */
  readonly meshConfig: Readonly<Record<string, unknown>>;
  readonly programs: {
    readonly etcd: string;
    readonly apiServer: string;
    readonly istiod: string;
  };
}

/** A process as it is started. */
export interface Launch {
  readonly argv: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
}

/** The processes, in the order in which they are started, and the files that they read, by name in the host's folder. */
export interface IstiodLaunch {
  readonly etcd: Launch;
  readonly apiServer: Launch;
  readonly istiod: Launch;
  readonly files: Readonly<Record<string, string>>;
  readonly api: ApiAccess;
}

/** Where the API server answers, and what opens it. */
export interface ApiAccess {
  readonly port: number;
  readonly token: string;
}

/** Loopback of the control plane's host, where nobody else asks. */
const LOOPBACK = '127.0.0.1';
const ETCD_PORT = 2379;
const ETCD_PEER_PORT = 2380;
const API_PORT = 6443;
/** Istio's own. */
const HTTP_PORT = 8080;
const MONITORING_PORT = 15_014;
export const ROOT_NAMESPACE = 'istio-system';

/** Where istiod answers for itself, on the loopback of its host. */
export const ISTIOD_URLS = {
  ready: `http://${LOOPBACK}:${HTTP_PORT}/ready`,
  metrics: `http://${LOOPBACK}:${MONITORING_PORT}/metrics`,
} as const;

/**
 * A stock Envoy has none of the filters of Istio's own build, and a mesh in plaintext no certificates: without these,
 * listeners are refused, and clusters wait for secrets for ever.
 */
const MESH_CONFIG = {
  enableAutoMtls: false,
  defaultProviders: { metrics: [] },
  accessLogFile: '',
};

const ISTIOD_ENV = {
  PILOT_ENABLE_METADATA_EXCHANGE: 'false',
  PILOT_ENABLE_ALPN_FILTER: 'false',
  ENABLE_CA_SERVER: 'false',
  INJECTION_WEBHOOK_CONFIG_NAME: '',
  VALIDATION_WEBHOOK_CONFIG_NAME: '',
  POD_NAME: 'istiod',
  POD_NAMESPACE: ROOT_NAMESPACE,
  // It would write an address of its own into every ServiceEntry, which nothing here asks for.
  PILOT_ENABLE_IP_AUTOALLOCATE: 'false',
};

/** Makes the key and the token of one start up, too. */
export function launchOf(place: IstiodPlace): IstiodLaunch {
  const { folder, programs } = place;
  const api = { port: API_PORT, token: randomBytes(16).toString('hex') };
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    etcd: { argv: [programs.etcd, ...etcdFlags(folder)], env: {} },
    apiServer: { argv: [programs.apiServer, ...apiServerFlags(place)], env: {} },
    istiod: { argv: [programs.istiod, 'discovery', ...istiodFlags(place)], env: { ...ISTIOD_ENV, HOME: folder } },
    files: {
      'tokens.csv': `${api.token},meshbench,meshbench,"system:masters"\n`,
      'service-accounts.pem': privateKey.export({ type: 'sec1', format: 'pem' }).toString(),
      // YAML holds JSON.
      'kubeconfig.yaml': JSON.stringify(kubeconfig(api)),
      'mesh.yaml': JSON.stringify({ ...place.meshConfig, ...MESH_CONFIG }),
    },
    api,
  };
}

function etcdFlags(folder: string): readonly string[] {
  const client = `http://${LOOPBACK}:${ETCD_PORT}`;
  const peer = `http://${LOOPBACK}:${ETCD_PEER_PORT}`;
  return [
    `--data-dir=${folder}/etcd`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    '--logger=zap',
    '--log-level=error',
  ];
}

/** Without controllers there is no service account for a pod to have, and nobody to tell the address of this server. */
function apiServerFlags({ folder, address }: IstiodPlace): readonly string[] {
  return [
    `--etcd-servers=http://${LOOPBACK}:${ETCD_PORT}`,
    `--secure-port=${API_PORT}`,
    `--bind-address=${LOOPBACK}`,
    `--advertise-address=${address}`,
    '--endpoint-reconciler-type=none',
    `--cert-dir=${folder}/api-server`,
    `--service-account-key-file=${folder}/service-accounts.pem`,
    `--service-account-signing-key-file=${folder}/service-accounts.pem`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--token-auth-file=${folder}/tokens.csv`,
    '--authorization-mode=AlwaysAllow',
    '--service-cluster-ip-range=10.0.0.0/16',
    '--disable-admission-plugins=ServiceAccount',
  ];
}

function istiodFlags({ folder, address, port }: IstiodPlace): readonly string[] {
  return [
    '--registries=Kubernetes',
    `--kubeconfig=${folder}/kubeconfig.yaml`,
    `--meshConfig=${folder}/mesh.yaml`,
    `--grpcAddr=${address}:${port}`,
    '--secureGRPCAddr=',
    `--httpAddr=${LOOPBACK}:${HTTP_PORT}`,
    '--httpsAddr=',
    `--monitoringAddr=${LOOPBACK}:${MONITORING_PORT}`,
    '--log_output_level=default:warn',
    // What it says last is told where it ends.
    '--log_target=stderr',
  ];
}

/** Its certificate is its own, made at its start. */
function kubeconfig({ port, token }: ApiAccess): unknown {
  const server = `https://${LOOPBACK}:${port}`;
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'mesh', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'mesh', user: { token } }],
    contexts: [{ name: 'mesh', context: { cluster: 'mesh', user: 'mesh' } }],
    'current-context': 'mesh',
  };
}
