import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { agentCommand } from '../../src/agent/index.ts';
import type { LoadPlan, LoadTotal } from '../../src/load/index.ts';
import { Histogram, initHistograms, monotonicNow } from '../../src/metrics/index.ts';
import { placeCpus } from '../../src/plan/index.ts';
import { Agent, availableCpus } from '../../src/run/index.ts';
import { type Host, plainProcess, RUNTIMES } from '../../src/runtime/index.ts';
import { DEFAULT_SETTINGS, messagesOf } from '../../src/scenario/index.ts';
import { agentNode } from '../../src/setup/index.ts';
import { pairedRatio } from '../../src/stats/index.ts';
import { formatDuration, nanos, perSecond } from '../../src/units/index.ts';

/**
 * Is the application fast enough not to be what is measured? The same loop reads it and nginx in the same place of a
 * sandbox, interleaved, in fresh processes. Prints p50 of each pair and the ratio with its interval.
 * Usage: npm run bench:responder [-- pairs]
 */
const PAIRS = Number(process.argv[2] ?? 8);
const ROOT = path.resolve(import.meta.dirname, '../../..');
const PORT = 8080;
const ADDRESS = '198.18.0.11';
const WARMUP = nanos(2e9);
const DURATION = nanos(5e9);

const NGINX = `worker_processes 1; daemon off; master_process off; pid /run/meshbench/server/pid; error_log /dev/null;
events { worker_connections 1024; }
http {
  access_log off; keepalive_requests 1000000000; keepalive_timeout 3600; tcp_nodelay on;
  client_body_temp_path /run/meshbench/server/a; proxy_temp_path /run/meshbench/server/b;
  fastcgi_temp_path /run/meshbench/server/c; uwsgi_temp_path /run/meshbench/server/d; scgi_temp_path /run/meshbench/server/e;
  server { listen ${PORT}; location / { default_type text/plain; return 200 "${'x'.repeat(1000)}"; } }
}
`;

const placement = placeCpus(availableCpus(), { load: 'auto', system: 'auto' }, { goesFirst: false });
await initHistograms();
await using world = await RUNTIMES.sandbox.open({
  harnessCpus: placement.harness,
  readable: [ROOT, process.execPath, agentNode().path],
});
const ours: number[] = [];
const theirs: number[] = [];
for (let pair = 0; pair < PAIRS; pair += 1) {
  const order = pair % 2 === 0 ? (['ours', 'nginx'] as const) : (['nginx', 'ours'] as const);
  for (const server of order) (server === 'ours' ? ours : theirs).push(await p50Of(server));
  say(`${pair + 1}: application ${show(ours.at(-1))}, nginx ${show(theirs.at(-1))}`);
}
const ratio = pairedRatio(theirs, ours);
say(
  `ratio application / nginx: ${ratio === null ? 'no interval under 6 pairs' : `${ratio.estimate.toFixed(3)} (${ratio.lower.toFixed(3)} … ${ratio.upper.toFixed(3)})`}`,
);
say(`${execFileSync('nginx', ['-v'], { stdio: ['ignore', 'pipe', 'pipe'] })}Node ${agentNode().version}`);

async function p50Of(server: 'ours' | 'nginx'): Promise<number> {
  const folder = (name: string): string => `/run/meshbench/${name}`;
  await using client = await world.host({
    name: 'client',
    address: '198.18.0.10',
    folder: folder('client'),
    sysctls: {},
    joins: undefined,
    seccomp: true,
  });
  await using host = await world.host({
    name: 'server',
    address: ADDRESS,
    folder: folder('server'),
    sysctls: {},
    joins: undefined,
    seccomp: true,
  });
  await (server === 'ours' ? startApplication(host) : startNginx(host));
  const agent = new Agent(await client.start(plainProcess('load', agentCommand(), placement.load)));
  agent.command({ do: 'load', plan: plan() });
  await agent.expect('ready');
  const at = monotonicNow() + 50e6;
  agent.command({ do: 'start', at, measureFrom: at + WARMUP });
  using response = Histogram.decode((await total(agent)).histograms.response);
  return response.quantile(0.5) ?? Number.NaN;
}

async function startApplication(host: Host): Promise<void> {
  const agent = new Agent(await host.start(plainProcess('app', agentCommand('application'), placement.system)));
  agent.command({ do: 'serve', script: DEFAULT_SETTINGS.app, port: PORT, address: '0.0.0.0', seed: 1, calls: [] });
  await agent.expect('serving');
}

async function startNginx(host: Host): Promise<void> {
  await host.writeFile('nginx.conf', NGINX);
  const argv = ['nginx', '-e', '/dev/null', '-c', '/run/meshbench/server/nginx.conf'] as const;
  await host.start(plainProcess('nginx', argv, placement.system));
  await new Promise((resolve) => setTimeout(resolve, 300));
}

async function total(agent: Agent): Promise<LoadTotal> {
  while (true) {
    const event = await agent.next();
    if (event.event === 'done') return event.total;
  }
}

function plan(): LoadPlan {
  return {
    endpoints: [{ address: ADDRESS, port: PORT }],
    connections: 32,
    stagger: nanos(0),
    schedule: {
      kind: 'constant',
      rate: perSecond(2000),
      horizon: nanos(WARMUP + DURATION),
      seed: 1,
      slice: { index: 0, of: 1 },
    },
    warmup: WARMUP,
    duration: DURATION,
    timeout: nanos(10e9),
    request: { protocol: 'http', authority: 'server', messages: messagesOf(DEFAULT_SETTINGS.load), seed: 1 },
    session: { kind: 'none' },
    endpoint: { kind: 'fixed' },
    hedge: { kind: 'none' },
  };
}

function show(value: number | undefined): string {
  return value === undefined ? '–' : formatDuration(nanos(value));
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
