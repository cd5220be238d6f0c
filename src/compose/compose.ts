import { stringify } from 'yaml';
import type { LoadPlan } from '../load/index.ts';
import type { Mesh, MeshHost, Sidecar } from '../mesh/index.ts';
import { CONTAINER_SAFETY, privilegesOf } from '../runtime/index.ts';
import { BenchError } from '../units/index.ts';

/** The image that `npm run images` makes; its environment tells where its programs are. */
export const LOCAL_IMAGE = 'meshbench:local';

const NETWORK = 'mesh';
const SUBNET = '198.18.0.0/15';
/** In every pod; on this machine's loopback the first sidecar has this port, the next the one after it. */
const ADMIN_PORT = 15_000;
const REPORTS_PORT = 8088;

/** What a file is made of. */
export interface ComposeRequest {
  readonly scenario: string;
  readonly variant: string;
  readonly mesh: Mesh;
  /** One round of the load, which is repeated for as long as it is up. */
  readonly load: LoadPlan;
  readonly seed: number;
}

type Service = Readonly<Record<string, unknown>>;

/**
 * A docker-compose.yml that brings a variant's topology up, for a person to look into: nothing is measured with it that
 * a run would vouch for. Pure.
 * @throws BenchError usage for a mesh with certificates, whose keys are made anew for every trial.
 */
export function composeFile(request: ComposeRequest): string {
  const { mesh, scenario, variant } = request;
  if (mesh.certificates.length > 0) {
    throw new BenchError(
      'usage',
      'COMPOSE_WITH_KEYS',
      `the variant ${variant} has certificates, and a file must hold no keys`,
      {
        hint: 'choose a variant without tls: mutual',
      },
    );
  }
  const pods = mesh.hosts.map((host, index) => pod(host, ADMIN_PORT + index, request));
  const services: Readonly<Record<string, Service>> = Object.assign({}, ...pods, { reports: reports() });
  const file = {
    name: 'meshbench',
    services,
    networks: { [NETWORK]: { ipam: { config: [{ subnet: SUBNET }] } } },
  };
  // To readers of YAML 1.1 an unquoted 0:0 is a number.
  return `${heading(scenario, variant, mesh)}${stringify(file, { lineWidth: 0, aliasDuplicateObjects: false, version: '1.1' })}`;
}

function heading(scenario: string, variant: string, mesh: Mesh): string {
  return `# Written by \`meshbench export compose ${scenario} --variant ${variant}\`; docs/docker.md says what to do with it.
# ${mesh.path}
# npm run images && docker compose up
`;
}

/** The services of a host by name: its holder, and what joins the holder's network. */
function pod(host: MeshHost, adminPort: number, { load, seed }: ComposeRequest): Readonly<Record<string, Service>> {
  const { name, sidecar, app } = host;
  const join = { network_mode: `service:${name}` };
  const rules = host.rules.length === 0 ? undefined : init(host, join);
  const after = {
    depends_on: {
      [rules === undefined ? name : `${name}-init`]: {
        condition: rules === undefined ? 'service_started' : 'service_completed_successfully',
      },
    },
  };
  return {
    [name]: holder(host, adminPort),
    ...(rules === undefined ? {} : { [`${name}-init`]: rules }),
    ...(app === undefined
      ? {}
      : {
          [`${name}-app`]: {
            ...component('component', undefined),
            ...join,
            ...after,
            // The agent takes commands on its stdin and ends with it.
            ...shell(
              '(printf "%s\\n" "$$1"; exec sleep infinity) | exec "$$MESHBENCH_NODE" "$$MESHBENCH_ROOT/dist/src/agent/main.js"',
              [
                JSON.stringify({
                  do: 'serve',
                  script: app.script,
                  port: app.port,
                  address: app.address,
                  seed,
                  calls: app.calls,
                  protocol: app.protocol,
                  thrift: app.thrift,
                }),
              ],
            ),
          },
        }),
    ...(sidecar === undefined ? {} : { [`${name}-envoy`]: { ...envoy(sidecar, host), ...join, ...after } }),
    ...(host.load
      ? {
          [`${name}-load`]: {
            ...component('component', undefined),
            ...join,
            ...after,
            ...shell('exec "$$MESHBENCH_NODE" "$$MESHBENCH_ROOT/dist/src/agent/steady/main.js" "$$1"', [
              JSON.stringify(load),
            ]),
          },
        }
      : {}),
  };
}

function holder({ address, sysctls, sidecar }: MeshHost, adminPort: number): Service {
  return {
    ...component('holder', undefined),
    networks: { [NETWORK]: { ipv4_address: address } },
    ...(Object.keys(sysctls).length === 0 ? {} : { sysctls }),
    ...(sidecar === undefined ? {} : { ports: [`127.0.0.1:${adminPort}:${ADMIN_PORT}`] }),
    ...shell('exec sleep infinity', []),
  };
}

function init({ rules, name }: MeshHost, join: Service): Service {
  return {
    ...component('init', undefined),
    restart: 'no',
    ...join,
    depends_on: { [name]: { condition: 'service_started' } },
    ...shell(rules.map((rule) => rule.join(' ')).join(' && '), []),
  };
}

function envoy(sidecar: Sidecar, { folder }: MeshHost): Service {
  const admin = { address: { socket_address: { address: '0.0.0.0', port_value: ADMIN_PORT } } };
  const config = JSON.stringify({ ...sidecar.bootstrap, admin });
  const flags = `--concurrency ${sidecar.concurrency} -l warning --disable-hot-restart`;
  return {
    ...component('component', sidecar),
    tmpfs: [`${folder}:mode=1777`],
    ...(sidecar.cpuLimit === undefined ? {} : { cpus: sidecar.cpuLimit }),
    ...shell(`exec "$$MESHBENCH_ENVOY" --config-yaml "$$1" ${flags}`, [config]),
  };
}

/** The reports of this checkout, on the loopback of this machine. */
function reports(): Service {
  return {
    ...component('component', undefined),
    ports: [`127.0.0.1:${REPORTS_PORT}:${REPORTS_PORT}`],
    volumes: ['./reports:/reports:ro'],
    ...shell(`exec "$$MESHBENCH_NODE" "$$MESHBENCH_ROOT/dist/src/agent/reports/main.js" /reports ${REPORTS_PORT}`, []),
  };
}

/** What every container has, with the privileges that those of a run have. */
function component(kind: 'holder' | 'init' | 'component', sidecar: Sidecar | undefined): Service {
  const { capabilities, user } = privilegesOf(kind, { netAdmin: sidecar?.netAdmin ?? false, uid: sidecar?.uid });
  const { capDrop, securityOptions, processes } = CONTAINER_SAFETY;
  return {
    image: LOCAL_IMAGE,
    pull_policy: 'never',
    user,
    init: true,
    read_only: true,
    cap_drop: capDrop,
    ...(capabilities.length === 0 ? {} : { cap_add: capabilities }),
    security_opt: securityOptions,
    pids_limit: processes,
  };
}

/** A script with its arguments, which Compose must not read as its own variables. */
function shell(script: string, args: readonly string[]): Service {
  return { entrypoint: ['sh', '-c', script, 'meshbench', ...args.map((text) => text.replaceAll('$', '$$$$'))] };
}
