import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { type AgentCommand, agentCommand } from '../../src/agent/index.ts';
import { DEFAULT_SETTINGS } from '../../src/scenario/index.ts';
import { bytes } from '../../src/units/index.ts';
import { bound } from './bound.ts';
import { AWAKE, NGINX } from './record.ts';

/** A server that is asked, on a processor of its own. */
export interface Target extends Disposable {
  /** As tables name it. */
  readonly name: string;
  readonly port: number;
  /** Processor time that it has used, s. */
  busy(): number;
}

export const THRIFT_PAYLOAD = 100;

/** nginx that answers a few bytes from memory. */
export async function startNginx(folder: string, cpu: number): Promise<Target> {
  const port = await freePort();
  const own = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  const file = path.join(folder, 'nginx.conf');
  writeFileSync(
    file,
    `worker_processes 1; daemon off; master_process off; pid ${folder}/pid; error_log /dev/null;
events { worker_connections 1024; }
http { access_log off; keepalive_requests 1000000000; keepalive_timeout 3600; tcp_nodelay on; ${own.join(' ')}
  server { listen 127.0.0.1:${port}; location / { default_type text/plain; return 200 "hello"; } } }
`,
  );
  return start(NGINX, ['nginx', '-e', '/dev/null', '-c', file], { cpu, port });
}

/** What `nginx -v` says. */
export function nginxVersion(): string {
  // It speaks on stderr.
  return execFileSync('sh', ['-c', 'nginx -v 2>&1'], { encoding: 'utf8' }).trim().replace('nginx version: ', '');
}

/** One Envoy in front of it, with one worker and nothing but a router. */
export async function startEnvoy(envoy: string, folder: string, cpu: number, behind: Target): Promise<Target> {
  const port = await freePort();
  const address = (number: number) => ({ socket_address: { address: '127.0.0.1', port_value: number } });
  const type = (name: string) => ({ '@type': `type.googleapis.com/envoy.extensions.${name}` });
  const routes = {
    virtual_hosts: [{ name: 'all', domains: ['*'], routes: [{ match: { prefix: '/' }, route: { cluster: 'nginx' } }] }],
  };
  const router = { name: 'router', typed_config: type('filters.http.router.v3.Router') };
  const manager = {
    ...type('filters.network.http_connection_manager.v3.HttpConnectionManager'),
    ...{ stat_prefix: 'in', route_config: routes, http_filters: [router], generate_request_id: false },
  };
  const most = { max_connections: 10_000, max_pending_requests: 100_000, max_requests: 100_000 };
  const cluster = {
    name: 'nginx',
    connect_timeout: '1s',
    circuit_breakers: { thresholds: [most] },
    load_assignment: {
      cluster_name: 'nginx',
      endpoints: [{ lb_endpoints: [{ endpoint: { address: address(behind.port) } }] }],
    },
  };
  const listener = {
    name: 'in',
    address: address(port),
    filter_chains: [{ filters: [{ name: 'http', typed_config: manager }] }],
  };
  const file = path.join(folder, 'envoy.json');
  writeFileSync(file, JSON.stringify({ static_resources: { listeners: [listener], clusters: [cluster] } }));
  const argv = [envoy, '-c', file, '--concurrency', '1', '-l', 'off', '--disable-hot-restart'];
  const proxy = await start('nginx through Envoy', argv, { cpu, port });
  return { ...proxy, busy: () => proxy.busy() + behind.busy() };
}

/** Our fast responder for Thrift, framed and binary. */
export async function startThrift(cpu: number): Promise<Target> {
  const port = await freePort();
  const { app, thrift } = DEFAULT_SETTINGS;
  const command: AgentCommand = {
    do: 'serve',
    script: { ...app, payload: bytes(THRIFT_PAYLOAD) },
    thrift: { ...thrift, transport: 'framed', protocol: 'binary', server: 'fast' },
    port,
    address: '127.0.0.1',
    seed: 1,
    calls: [],
  };
  return start('Thrift responder', agentCommand('application'), { cpu, port, said: `${JSON.stringify(command)}\n` });
}

/** Nobody, who keeps a processor as busy as can be. */
export function startSpinning(cpu: number): Target {
  const child = spin(cpu, []);
  return {
    name: 'nobody',
    port: 0,
    busy: () => busySeconds(child),
    [Symbol.dispose]: () => void child.kill('SIGKILL'),
  };
}

/**
 * The same target, whose processor is kept from sleeping by a loop that runs only where nothing else wants to (SCHED_IDLE): to
 * wake a processor of a virtual machine takes tens of microseconds, and none of them is the generator's.
 */
export function keepAwake(nginx: Target, cpu: number): Target {
  const child = spin(cpu, ['chrt', '--idle', '0']);
  return { ...nginx, name: AWAKE, [Symbol.dispose]: () => void child.kill('SIGKILL') };
}

function spin(cpu: number, how: readonly string[]): ChildProcess {
  const [program, ...args] = bound(cpu, [...how, 'sh', '-c', 'while :; do :; done']);
  return spawn(program, args, { stdio: 'ignore' });
}

interface Place {
  readonly cpu: number;
  readonly port: number;
  /** To its standard input. */
  readonly said?: string;
}

async function start(name: string, argv: readonly string[], { cpu, port, said = '' }: Place): Promise<Target> {
  const [program, ...args] = bound(cpu, argv);
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdout.resume();
  child.stdin.write(said);
  for (let tries = 0; tries < 200; tries += 1) {
    if (await answers(port)) {
      return { name, port, busy: () => busySeconds(child), [Symbol.dispose]: () => void child.kill('SIGKILL') };
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  child.kill('SIGKILL');
  throw new Error(`${argv[0]} does not listen on ${port}`);
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** A port that nobody has at this moment. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

function busySeconds({ pid }: ChildProcess): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  const ns = threads.map((tid) => Number(readFileSync(`/proc/${pid}/task/${tid}/schedstat`, 'utf8').split(' ')[0]));
  return ns.reduce((sum, value) => sum + value, 0) / 1e9;
}
