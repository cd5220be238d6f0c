import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { measureUsage, monotonicNow } from '../../../src/metrics/index.ts';
import { readRecord } from '../../../src/record/index.ts';
import { KIND_LABEL, labelsOf, RUN_LABEL } from '../../../src/runtime/docker/labels.ts';
import { packImage } from '../../../src/runtime/docker/pack/image.ts';
import { type Host, RUNTIMES, removeImages, sweepDocker, type World } from '../../../src/runtime/index.ts';
import { fromSeconds, nanos } from '../../../src/units/index.ts';
import { Scratch } from '../../support/cli.ts';
import { noDocker, TestDocker } from '../../support/dockerd.ts';
import { ROOT } from '../../support/root.ts';
import { node, spec, testHosts } from '../hosts.ts';

const SECONDS = fromSeconds(10);

const open = (): Promise<World> => RUNTIMES.docker.open({ harnessCpus: [0], readable: [ROOT, process.execPath] });

const BUSY = 'const t = Date.now(); while (Date.now() - t < 5000);';

const HIDDEN = `question: What can be known from inside a container?
variants: { outbound: { mesh: { outbound: listener } } }
load: { rate: 200/s, connections: 4, warmup: 100ms, duration: 3500ms }
`;

describe('hosts in Docker', { skip: noDocker }, () => {
  let daemon: TestDocker;
  let world: World;
  let one: Host;
  let two: Host;
  const host = (name: string, last: number, joins?: string): Promise<Host> =>
    world.host({
      name,
      address: `198.18.0.${last}`,
      folder: `/run/meshbench/${name}`,
      sysctls: { 'net.ipv4.ip_local_reserved_ports': '9000' },
      joins,
      seccomp: true,
    });
  before(async () => {
    daemon = await TestDocker.start();
    world = await open();
    [one, two] = await Promise.all([host('one', 10), host('two', 11)]);
  });
  after(async () => {
    await world[Symbol.asyncDispose]();
    assert.deepEqual(await daemon.leftovers(), []);
    await daemon[Symbol.asyncDispose]();
  });

  testHosts(() => ({ one, two }));

  test('reach nothing else', async () => {
    const networks = await daemon.docker.listNetworks({ filters: { label: [RUN_LABEL] } });
    assert.deepEqual(
      networks.map(({ Internal, Driver }) => [Internal, Driver]),
      [[true, 'bridge']],
      'Docker lets nothing out of an internal network',
    );
    const reserved = await one.exec(['cat', '/proc/sys/net/ipv4/ip_local_reserved_ports'], SECONDS);
    assert.equal(reserved.stdout, '9000\n');
  });

  test('pass a file as large as what an Envoy of 5,000 services tells of itself', async () => {
    const text = '{"name": "a"}\n'.repeat(4_000_000);
    await two.writeFile('dump', text);
    assert.equal((await two.readFile('dump')).length, text.length);
  });

  test('share files in memory among the containers of one host, and with no other', async () => {
    await one.writeFile('note', 'only here');
    const reader = await one.start(spec('reader', 'sh', '-c', `cat ${one.folder}/note; echo; cat /proc/mounts`));
    const lines: string[] = [];
    for await (const line of reader.lines) lines.push(line);
    assert.equal(lines[0], 'only here');
    assert.ok(
      lines.some((line) => line.startsWith(`tmpfs ${one.folder} tmpfs`)),
      'it is memory',
    );
    assert.ok(
      lines.some((line) => /^overlay \/ overlay ro,/u.test(line)),
      'all else is read-only',
    );
    assert.equal((await two.exec(['cat', `${one.folder}/note`], SECONDS)).code, 1);
  });

  test('replace a process in the same container', async () => {
    const first = await one.start(spec('replaced', 'sleep', '100'));
    const second = await first.replace(spec('replaced', 'sleep', '100'));
    const sleepers = await daemon.docker.listContainers({ filters: { name: ['one-replaced'] } });
    assert.equal(sleepers.length, 1);
    await second.signal('SIGKILL');
    await second.exited;
  });

  test('come before those of other containers on their processor where they are raised', async () => {
    const normal = await two.start(node('normal', 'for (;;);'));
    const raised = await one.start({ ...node('raised', 'for (;;);'), nice: -10 });
    const from = nanos(monotonicNow() + 500e6);
    const usage = measureUsage(
      await world.observe({ from, until: nanos(from + 1e9), interval: fromSeconds(1), memory: true }),
    );
    const [more = 0, less = 0] = ['one.raised', 'two.normal'].map((name) => usage.components[name]?.cpuNs);
    // Without a weight of its own it would be one to one; nice -10 has 9.3 times the weight of nice 0.
    assert.ok(more > 3 * less, `${more} ns against ${less} ns`);
    for (const process of [raised, normal]) await process.signal('SIGKILL');
  });

  test('samples what a process used, exactly, and how its limit held it back', async () => {
    await two.start({ ...node('free', BUSY), cpus: [0] });
    await two.start({ ...node('held', BUSY), cpus: [1], cpuQuota: 0.25 });
    const from = nanos(monotonicNow() + 300e6);
    const until = nanos(from + 1e9);
    const samples = await world.observe({ from, until, interval: fromSeconds(1), memory: true });
    const [first, last] = [samples[0], samples.at(-1)];
    assert.ok(first !== undefined && last !== undefined);
    const window = last.at - first.at;
    const used = (name: string): number => {
      const [a, b] = [first.processes[name], last.processes[name]];
      return Object.entries(b?.threads ?? {}).reduce((sum, [id, { run }]) => sum + run - (a?.threads[id]?.run ?? 0), 0);
    };
    const waited = Object.entries(last.processes['two.free']?.threads ?? {}).reduce(
      (sum, [id, { delay }]) => sum + (delay ?? 0) - (first.processes['two.free']?.threads[id]?.delay ?? 0),
      0,
    );
    // Kernels count what the hypervisor took as use, or as nothing.
    const stolen = (last.machine.cpus[0]?.steal ?? 0) - (first.machine.cpus[0]?.steal ?? 0);
    const runnable = used('two.free') + waited;
    assert.ok(
      runnable < 1.05 * window && runnable + stolen > 0.95 * window,
      `${used('two.free')}, ${waited} and ${stolen} of ${window}`,
    );
    assert.ok(used('two.held') <= 0.32 * window, `${used('two.held') / window} processors`);
    const throttling = last.processes['two.held']?.throttling;
    assert.ok((throttling?.throttledPeriods ?? 0) > 0 && (throttling?.throttledNs ?? 0) > 0);
    assert.ok((last.processes['two.free']?.pssBytes ?? 0) > 1e6);
    assert.ok((last.processes['harness']?.rssBytes ?? 0) > 1e6, 'Docker itself and the inits');
  });

  test('may share one network, without a bridge between them', async () => {
    const three = await host('three', 12, 'two');
    const addresses = await three.exec(['ip', '-4', '-o', 'address'], SECONDS);
    assert.match(addresses.stdout, /lo .*198\.18\.0\.12\/32/u);
    assert.match(addresses.stdout, /eth0 .*198\.18\.0\.11\/15/u);
    await three[Symbol.asyncDispose]();
  });

  test('runs what changes the network with the right to, for as long as that takes, and nothing else', async () => {
    const rule = ['iptables', '-w', '5', '-t', 'nat', '-A', 'OUTPUT', '-p', 'tcp', '-j', 'REDIRECT', '--to-ports', '9'];
    const refused = await one.exec(rule, SECONDS);
    assert.notEqual(refused.code, 0, 'not without');
    const results = await one.administer([rule, ['iptables-save', '-t', 'nat'], ['false'], ['true']], SECONDS);
    assert.deepEqual(
      results.map(({ code }) => code === 0),
      [true, true, false],
      'up to the first that fails',
    );
    assert.match(results[1]?.stdout ?? '', /REDIRECT --to-ports 9/u);
    const inits = await daemon.docker.listContainers({ all: true, filters: { label: [`${KIND_LABEL}=init`] } });
    assert.deepEqual(inits, []);
  });

  test('a sweep removes what dead processes made, and touches neither a living run nor what is of others', async () => {
    const { docker } = daemon;
    const image = (await packImage(docker, [ROOT, process.execPath])).name;
    const make = (name: string, labels: Record<string, string>) =>
      docker.createContainer({ name, Image: image, Entrypoint: ['sleep', '100'], Labels: labels });
    const dead = {
      ...labelsOf('dead'),
      'meshbench.maker': (labelsOf('dead')['meshbench.maker'] ?? '').replace(/^\d+/u, '4194305'),
    };
    const orphan = await make('orphan', dead);
    await orphan.start();
    await docker.createVolume({ Name: 'orphan', Labels: dead });
    await docker.createNetwork({ Name: 'orphan', Labels: dead });
    const others = await make('others', { [RUN_LABEL]: 'somebody' });
    const living = (await daemon.leftovers()).filter((line) => !line.includes('orphan'));
    assert.equal(await sweepDocker(), 3);
    assert.deepEqual([...(await daemon.leftovers())].sort(), [...living].sort());
    await others.remove();
  });

  test('the image is made once, and removed on demand', async () => {
    const from = Date.now();
    const again = await packImage(daemon.docker, [ROOT, process.execPath]);
    const images = await daemon.docker.listImages({ filters: { reference: ['meshbench-pack'] } });
    assert.equal(images.length, 1, `not made again, in ${Date.now() - from} ms`);
    assert.deepEqual(images[0]?.RepoTags, [again.name]);
    await assert.rejects(removeImages(), { code: 'IMAGE_IN_USE' });
  });
});

describe('where the processes of containers cannot be seen', { skip: noDocker }, () => {
  let daemon: TestDocker;
  before(async () => {
    daemon = await TestDocker.start({ hidden: true });
  });
  after(async () => {
    await daemon[Symbol.asyncDispose]();
  });

  test("Docker's API tells what whole containers use, and nothing that it does not know", async () => {
    await using world = await open();
    const spec_ = { address: '198.18.0.10', sysctls: {}, joins: undefined, seccomp: true };
    const one = await world.host({ ...spec_, name: 'one', folder: '/run/meshbench/one' });
    const busy = { ...node('busy', BUSY), cpus: [1] };
    await one.start({ ...busy, cpuQuota: 0.25, nice: -10 });
    await one.start(node('idle', 'setTimeout(() => {}, 10_000)'));
    const from = nanos(monotonicNow() + 200e6);
    const usage = measureUsage(
      await world.observe({ from, until: nanos(from + 3.5e9), interval: fromSeconds(1), memory: true }),
    );
    assert.deepEqual(Object.keys(usage.components).sort(), ['harness', 'one.busy', 'one.idle']);
    const { 'one.busy': held, 'one.idle': idle } = usage.components;
    const unknown = { runDelayNs: null, voluntarySwitches: null, involuntarySwitches: null, pssBytes: null };
    for (const component of [held, idle]) {
      const { source, runDelayNs, voluntarySwitches, involuntarySwitches, pssBytes, threads } = component ?? {};
      assert.deepEqual({ runDelayNs, voluntarySwitches, involuntarySwitches, pssBytes }, unknown);
      assert.deepEqual([source, threads], ['docker', []]);
      assert.ok((component?.rssBytes ?? 0) > 1e6);
    }
    const share = (held?.cpuNs ?? 0) / usage.windowNs;
    assert.ok(share > 0.05 && share <= 0.35, `${share} processors of a limit of 0.25`);
    assert.ok((held?.throttling?.throttledPeriods ?? 0) > 0 && (held?.throttling?.throttledNs ?? 0) > 0);
    assert.equal(idle?.throttling, undefined, 'it has no limit');
  });

  test('a run goes on, and its record says so', async () => {
    using own = new Scratch();
    const file = own.scenario('hidden', HIDDEN);
    const ended = await own.quick(file, '--runtime', 'docker', '--json');
    assert.equal(ended.code, 0, ended.stderr);
    const { trials } = await readRecord(path.join(own.run('hidden'), 'record.jsonl'));
    assert.equal(trials.length, 1);
    for (const { usage } of trials) {
      for (const name of ['client.load', 'client.envoy', 'server.app', 'harness']) {
        const { source, cpuNs = 0, rssBytes = 0, runDelayNs, pssBytes } = usage.components[name] ?? {};
        assert.ok(cpuNs > 0 && rssBytes > 1e6, `${name} of ${JSON.stringify(usage)}`);
        assert.deepEqual(
          { source, runDelayNs, pssBytes },
          { source: 'docker', runDelayNs: null, pssBytes: null },
          name,
        );
      }
    }
    assert.deepEqual(await daemon.leftovers(), []);
  });

  test('a daemon that dies ends the world', async () => {
    await using world = await open();
    daemon.crash();
    assert.match((await world.closed).reason, /daemon went away/u);
  });
});
