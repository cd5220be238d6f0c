import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { parse } from 'yaml';
import { meshbench, Scratch } from '../support/cli.ts';
import { noDocker, TestDocker } from '../support/dockerd.ts';
import { LIMIT_MS } from '../support/mortal.ts';
import { until } from '../support/processes.ts';
import { ROOT } from '../support/root.ts';

interface File {
  readonly services: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

async function exported(...args: readonly string[]): Promise<File> {
  const { code, stdout, stderr } = await meshbench('export', 'compose', ...args);
  assert.equal(code, 0, stderr);
  return parse(stdout) as File;
}

/** Exports scenarios in one process: starting one for each would take most of the time. */
function exportAll(scenarios: readonly string[]): { readonly written: number; readonly refusals: string } {
  const program = `import { main } from ${JSON.stringify(path.join(ROOT, 'dist/src/cli/main.js'))};
    let written = 0;
    for (const name of process.argv.slice(1)) if ((await main(['export', 'compose', name, '--out', '/dev/null'])) === 0) written += 1;
    console.log(written);`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program, ...scenarios], {
    encoding: 'utf8',
    timeout: LIMIT_MS,
  });
  return { written: Number(stdout), refusals: stderr };
}

/** A Compose of version 2: MESHBENCH_COMPOSE names one that is no plugin of docker. */
function findCompose(): readonly string[] | undefined {
  const candidates = [[process.env['MESHBENCH_COMPOSE'] ?? ''], ['docker', 'compose'], ['docker-compose']];
  return candidates.find(([command = '', ...args]) => {
    const { status, stdout } = spawnSync(command || 'false', [...args, 'version', '--short'], { encoding: 'utf8' });
    // Built from the module without the linker's flags it calls itself dev.
    return status === 0 && /^(?:v?[2-9]\.|dev)/u.test(stdout);
  });
}

describe('export compose', () => {
  test('docker-compose.yml is what it writes for quickstart', async () => {
    const { stdout } = await meshbench('export', 'compose', 'quickstart');
    const file = path.join(ROOT, 'docker-compose.yml');
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, stdout);
    assert.equal(stdout, readFileSync(file, 'utf8'));
  });

  test('gives every container the privileges of a run, and publishes on loopback alone', async () => {
    const { services } = await exported('interception', '--variant', 'tproxy');
    for (const [name, service] of Object.entries(services)) {
      assert.deepEqual([service['cap_drop'], service['read_only']], [['ALL'], true], name);
      for (const port of (service['ports'] as string[] | undefined) ?? []) assert.match(port, /^127\.0\.0\.1:/u);
    }
    const added = Object.entries(services).filter(([, service]) => service['cap_add'] !== undefined);
    assert.ok(added.length > 0);
    for (const [name, service] of added) {
      assert.match(name, /-(?:init|envoy)$/u);
      assert.deepEqual(service['cap_add'], ['NET_ADMIN']);
    }
    const redirect = await exported('interception', '--variant', 'redirect');
    const envoy = Object.entries(redirect.services).find(([name]) => name.endsWith('-envoy'));
    assert.deepEqual([envoy?.[1]['cap_add'], envoy?.[1]['user']], [undefined, '1337:0']);
  });

  test('of Thrift has an application and a load that speak it', async () => {
    const { services } = await exported('thrift-overhead', '--variant', 'outbound');
    for (const name of ['server-app', 'client-load']) {
      assert.match(JSON.stringify(services[name]?.['entrypoint']), /thrift/u, name);
    }
  });

  test('writes every scenario, and refuses what needs keys', async () => {
    const files = readdirSync(path.join(ROOT, 'scenarios')).filter((file) => file.endsWith('.yaml'));
    const { written, refusals } = exportAll(files.map((file) => path.parse(file).name));
    assert.ok(written > files.length / 2, refusals);
    const known =
      refusals.match(/COMPOSE_WITH_KEYS|controlPlane\.kind is (?:xds|istiod), which runs in the sandbox/gu) ?? [];
    assert.equal(written + known.length, files.length, refusals);
    const refused = await meshbench('export', 'compose', 'sidecar-overhead', '--variant', 'both-mtls');
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /COMPOSE_WITH_KEYS/u);
    const unknown = await meshbench('export', 'compose', 'quickstart', '--variant', 'nothing');
    assert.equal(unknown.code, 2);
  });
});

/** The counter of the client's Envoy by which it answered what the load sent. */
const ANSWERED = 'http.outbound.downstream_rq_2xx';

/** Every container, volume and network of the daemon that is not its own. */
async function everything({ docker }: TestDocker): Promise<readonly string[]> {
  const containers = await docker.listContainers({ all: true });
  const { Volumes: volumes } = await docker.listVolumes();
  const networks = await docker.listNetworks();
  return [
    ...containers.flatMap(({ Names }) => Names),
    ...(volumes ?? []).map(({ Name }) => Name),
    ...networks.map(({ Name }) => Name).filter((name) => !['bridge', 'host', 'none'].includes(name)),
  ];
}

describe('docker compose up', { skip: noDocker }, () => {
  const compose = findCompose();
  const skip = compose === undefined ? 'no Compose 2 on this machine' : false;
  let daemon: TestDocker;
  before(async () => {
    if (compose === undefined) return;
    daemon = await TestDocker.start();
    const made = await meshbench('images');
    assert.equal(made.code, 0, made.stderr);
  });
  after(async () => {
    if (compose !== undefined) await daemon[Symbol.asyncDispose]();
  });

  const FILES = [
    { title: 'docker-compose.yml', args: ['quickstart'] },
    { title: 'an exported scenario with packet rules', args: ['interception', '--variant', 'out-redirect'] },
  ];
  for (const { title, args: wanted } of FILES) {
    test(`brings ${title} up: load passes the sidecar, reports are served, nothing stays`, { skip }, async (t) => {
      using scratch = new Scratch();
      const { stdout: text } = await meshbench('export', 'compose', ...wanted);
      writeFileSync(path.join(scratch.folder, 'docker-compose.yml'), text);
      mkdirSync(path.join(scratch.folder, 'reports'));
      writeFileSync(path.join(scratch.folder, 'reports', 'a.html'), 'a report');
      const [command = '', ...args] = compose ?? [];
      const run = (...words: readonly string[]): string =>
        execFileSync(command, [...args, ...words], {
          cwd: scratch.folder,
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'pipe'],
        });
      try {
        run('up', '--detach');
        const line = await until(
          'a line of the load',
          60,
          () => /[1-9]\d* ok; response time p50 [^\n]*/u.exec(run('logs', 'client-load'))?.[0],
        );
        t.diagnostic(line);
        await until('a thousand requests through the sidecar', 30, () => {
          const stats = daemon.get(`http://127.0.0.1:15000/stats?filter=${ANSWERED}`);
          return Number(/: (\d+)/u.exec(stats)?.[1]) > 1000;
        });
        assert.equal(daemon.get('http://127.0.0.1:8088/a.html'), 'a report\n');
        assert.match(daemon.get('http://127.0.0.1:8088/'), /href="\/a\.html"/u);
        assert.equal(daemon.get('http://127.0.0.1:8088/..%2f..%2fetc/passwd'), 'not found\n\n');
      } finally {
        run('down', '--volumes', '--timeout', '1');
      }
      assert.deepEqual(await everything(daemon), []);
    });
  }

  test('leaves no image after meshbench clean --images', { skip }, async () => {
    const clean = await meshbench('clean', '--images');
    assert.equal(clean.code, 0, clean.stderr);
    assert.deepEqual(await daemon.docker.listImages(), []);
  });
});
