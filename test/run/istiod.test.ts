import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DumpDifference } from '../../src/istiod/index.ts';
import { readRecord } from '../../src/record/index.ts';
import { Scratch, type start } from '../support/cli.ts';
import { count } from '../support/counts.ts';
import { istiodHere, noIstiod } from '../support/istiod.ts';
import { descendants, foreignNamespaces, livingIn, traces, until } from '../support/processes.ts';

const SERVICES = count(30, 500);
/** More than istiod admits in a second. */
const CROWD = count(40, 200);

const scenario = (variants: string): string => `question: What does istiod tell?
variants: ${variants}
mesh: { outbound: redirect }
services: { count: ${SERVICES} }
load: { rate: 200/s, connections: 4, warmup: 100ms, duration: 500ms }
`;
const BANK = `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: bank, namespace: outside, uid: 4711 }
spec:
  hosts: [bank.example]
  resolution: STATIC
  ports: [{ number: 80, name: http, protocol: HTTP }, { number: 81, name: http-more, protocol: HTTP }]
  endpoints: [{ address: 198.19.0.1 }]
`;
const ISTIOD = 'controlPlane: { kind: istiod }';
const BOTH = scenario(
  `{ istiod: { ${ISTIOD} }, lazy: { controlPlane: { kind: istiod, crowd: ${CROWD} }, services: { lazy: true } }, built-in: { controlPlane: { kind: xds } } }`,
);

function run(scratch: Scratch, text: string, ...more: readonly string[]): ReturnType<typeof start> {
  return scratch.startQuick(scratch.scenario('istiod', text), '--seed', '1', '--quiet', ...more);
}

describe('a real istiod', { skip: noIstiod }, () => {
  test('configures sidecars beside the built-in control plane, and what both sent is kept and compared', async () => {
    using scratch = new Scratch();
    const { code, stderr } = await run(scratch, BOTH).ended;
    assert.equal(code, 0, stderr);
    const folder = scratch.run('istiod');
    const { header, trials } = await readRecord(path.join(folder, 'record.jsonl'));
    assert.match(String(header.fingerprint['istiod.sha256']), /^[0-9a-f]{64}$/u);
    const of = Object.fromEntries(trials.map((trial) => [trial.variant, trial]));
    assert.deepEqual(Object.keys(of).sort(), ['built-in', 'istiod', 'lazy']);
    assert.ok(trials.every(({ load }) => load.outcomes['ok'] === 100 && Object.keys(load.outcomes).length === 1));

    const { istiod, spent } = of['istiod']?.controlPlane ?? {};
    assert.ok(istiod !== undefined && (spent?.['control-plane.istiod']?.cpuNs ?? 0) > 0);
    // The service that is called, those that nobody calls, and that the mesh is in plaintext.
    assert.equal(istiod.written.objects, SERVICES + 2);
    assert.ok((istiod.pushes['cds'] ?? 0) > 0 && istiod.bytes > 0);
    assert.ok((of['istiod']?.usage.components['control-plane.etcd']?.rssBytes ?? 0) > 0);
    const clusters = (variant: string): number =>
      of[variant]?.proxies['client.envoy']?.counters['cluster_manager.active_clusters'] ?? 0;
    assert.ok(clusters('istiod') > SERVICES, 'all of them');
    assert.ok(clusters('lazy') < 15, 'the one that is called, and two others');

    const { crowd, istiod: ofLazy } = of['lazy']?.controlPlane ?? {};
    assert.equal(crowd?.memberNs.length, CROWD);
    assert.ok(crowd.memberNs.every((ns) => ns > 0 && ns <= crowd.wholeNs));
    assert.equal(ofLazy?.rejected, 0);
    assert.ok((ofLazy.pushes['rds'] ?? 0) > CROWD, 'each of them, and the sidecar');
    // Ten resources each, and not those of all services.
    assert.ok(crowd.bytes / CROWD > 5000 && crowd.bytes / CROWD < 40_000, `${crowd.bytes / CROWD} B`);
    assert.equal(of['istiod']?.controlPlane?.crowd, undefined);

    const file = path.join(folder, 'config', 'istiod', 'differences.json');
    const { cluster, endpoint, listener, route } = JSON.parse(readFileSync(file, 'utf8')) as DumpDifference;
    assert.deepEqual(
      [cluster, endpoint, listener, route].map(({ onlySecond }) => onlySecond),
      [[], [], [], []],
    );
    assert.ok(cluster.same + cluster.differing > SERVICES);
    assert.ok(existsSync(path.join(folder, 'config', 'built-in', 'client.config_dump.json.gz')));
  });

  test('by its name, with objects of a user, pushes what an event changes, and light clients say when they were told', async () => {
    using scratch = new Scratch();
    const told = `controlPlane: { kind: istiod, version: own, crowd: 3 }, load: { duration: 6s }, events: [
      { at: 100ms, push: endpoint, every: 1500ms, for: 3s }, { at: 3500ms, push: bad-route, watch: 300ms, abort: 1% }]`;
    const variants = `{ told: { ${told} }, other: { controlPlane: { kind: istiod, version: "1.2" } } }`;
    mkdirSync(path.join(scratch.folder, 'mine'));
    writeFileSync(path.join(scratch.folder, 'mine', 'bank.yaml'), BANK);
    writeFileSync(path.join(scratch.folder, 'mesh.yaml'), 'outboundTrafficPolicy: { mode: REGISTRY_ONLY }\n');
    const given = [
      ...['--istiod-bin', `own=${istiodHere?.istiod.path}`, '--objects', path.join(scratch.folder, 'mine')],
      ...['--mesh-config', path.join(scratch.folder, 'mesh.yaml')],
    ];
    const { code, stderr } = await run(scratch, scenario(variants), ...given).ended;
    assert.equal(code, 0, stderr);
    const { header, trials } = await readRecord(path.join(scratch.run('istiod'), 'record.jsonl'));
    assert.match(header.notes.join('\n'), /skipped other: .*no istiod is named 1\.2/u);
    assert.match(String(header.fingerprint['istiod.own.sha256']), /^[0-9a-f]{64}$/u);
    assert.match(String(header.fingerprint['istiod.objects']), /^[0-9a-f]{64}$/u);
    assert.equal(trials[0]?.controlPlane?.istiod?.written.objects, SERVICES + 2 + 1);
    // Those that are made up, the called one, two of the bank, and istiod's own; without another for what is not known.
    const clusters = trials[0]?.proxies['client.envoy']?.counters['cluster_manager.active_clusters'];
    assert.equal(clusters, SERVICES + 1 + 2 + 5);
    const { pushes = [] } = trials[0]?.controlPlane ?? {};
    assert.deepEqual(
      pushes.map(({ what, rolledBack, sidecars }) => `${what} ${rolledBack} ${sidecars}`),
      ['endpoint false 3', 'endpoint false 3', 'bad-route false 3', 'bad-route true 3'],
    );
    for (const { propagationNs, bytes, resources, encodeNs, difference } of pushes) {
      // istiod waits for 100 ms after a change whether another comes.
      for (const time of propagationNs) assert.ok((time ?? 0) > 90e6 && (time ?? 0) < 5e9, `${time} ns`);
      assert.ok(bytes > 0 && resources >= 3);
      assert.deepEqual([encodeNs, difference], [null, null]);
    }
    const [endpoint, , bad] = pushes;
    assert.ok((endpoint?.bytes ?? 0) / 3 < 2000, 'the endpoints of one service');
    assert.ok((bad?.watched?.failed ?? 0) > 0, 'the sidecar followed it');
    assert.ok((trials[0]?.load.outcomes['ok'] ?? 0) > 200, 'and the way back');
  });

  /** A run of istiod alone, a random while after this program of it has started, and the namespaces that it lives in. */
  async function caught(
    scratch: Scratch,
    program: string,
  ): Promise<ReturnType<typeof start> & { spaces: Set<string> }> {
    const begun = run(scratch, scenario(`{ istiod: { ${ISTIOD} } }`));
    const cli = begun.child.pid ?? 0;
    await until(`a ${program}`, 60, () => descendants(cli).some(({ command }) => command.includes(`/${program} `)));
    await sleep(Math.random() * 2000);
    const spaces = foreignNamespaces(descendants(cli).map(({ pid }) => pid));
    assert.ok(spaces.size > 0);
    return { ...begun, spaces };
  }

  for (const program of ['etcd', 'kube-apiserver', 'pilot-discovery'] as const) {
    for (let round = 0; round < count(1, 4); round += 1) {
      test(`is gone with all that it needs after kill -9 of the command line, while ${program} runs, round ${round + 1}`, async () => {
        using scratch = new Scratch();
        const before = new Set(traces());
        const { child, ended, spaces } = await caught(scratch, program);
        child.kill('SIGKILL');
        await ended;
        // Data is on memory of these namespaces alone.
        await until('every process of the run is gone', 5, () => livingIn(spaces).length === 0);
        assert.deepEqual(
          traces().filter((trace) => !before.has(trace)),
          [],
        );
      });
    }
  }

  for (const program of ['kube-apiserver', 'etcd', 'pilot-discovery'].slice(0, count(1, 3))) {
    test(`is gone within seconds of Ctrl-C, whatever is waited for while ${program} starts`, async () => {
      using scratch = new Scratch();
      const { child, ended, spaces } = await caught(scratch, program);
      const from = Date.now();
      child.kill('SIGINT');
      const { code, stderr } = await ended;
      assert.equal(code, 130, stderr);
      assert.ok(Date.now() - from < 8000, `${Date.now() - from} ms`);
      assert.deepEqual(livingIn(spaces), []);
    });
  }
});

describe('where there is no istiod', () => {
  const elsewhere = process.env['ISTIOD_BIN'];
  before(() => {
    process.env['ISTIOD_BIN'] = '/nowhere/pilot-discovery';
  });
  after(() => {
    if (elsewhere === undefined) delete process.env['ISTIOD_BIN'];
    else process.env['ISTIOD_BIN'] = elsewhere;
  });

  test('its variants are skipped with the reason, and nothing takes their place', async () => {
    using scratch = new Scratch();
    const { code, stderr } = await run(scratch, BOTH).ended;
    assert.equal(code, 0, stderr);
    const folder = scratch.run('istiod');
    const { header, trials } = await readRecord(path.join(folder, 'record.jsonl'));
    assert.deepEqual(
      trials.map(({ variant }) => variant),
      ['built-in'],
    );
    assert.deepEqual(
      header.plan.variants.map(({ name, baseline }) => `${name} < ${baseline}`),
      ['built-in < built-in'],
    );
    assert.match(
      header.notes.join('\n'),
      /skipped istiod, lazy: there is no istiod here .*\/nowhere\/pilot-discovery/u,
    );
    assert.match(readFileSync(path.join(folder, 'report.html'), 'utf8'), /skipped istiod, lazy/u);
  });

  test('a scenario that has nothing else is refused before anything is measured', async () => {
    using scratch = new Scratch();
    const { code, stderr } = await run(scratch, scenario(`{ istiod: { ${ISTIOD} } }`)).ended;
    assert.equal(code, 3, stderr);
    assert.match(stderr, /every variant is configured by istiod.*NO_ISTIOD/u);
    assert.ok(!existsSync(path.join(scratch.folder, 'istiod')));
  });
});
