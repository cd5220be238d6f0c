import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { readRecord } from '../../src/record/index.ts';
import { Scratch, type start } from '../support/cli.ts';
import { count } from '../support/counts.ts';
import { noDocker, TestDocker } from '../support/dockerd.ts';
import { noIstiod } from '../support/istiod.ts';
import { until } from '../support/processes.ts';

const SERVICES = count(30, 500);
const CROWD = 10;

/** The processes of each kind. */
const KINDS = { xds: ['xds'], istiod: ['istiod', 'kube-apiserver', 'etcd'] } as const;
/** What runs of istiod, by its file's name. */
const PROGRAMS = ['etcd', 'kube-apiserver', 'pilot-discovery'];
const HERE = noIstiod === false ? (['xds', 'istiod'] as const) : (['xds'] as const);

const scenario = (kinds: readonly string[]): string => `question: What does a control plane in containers tell?
variants: { ${kinds.map((kind) => `${kind}: { controlPlane: { kind: ${kind}, crowd: ${CROWD} } }`).join(', ')} }
mesh: { outbound: redirect }
services: { count: ${SERVICES} }
runtime: { name: docker }
load: { rate: 200/s, connections: 4, warmup: 100ms, duration: 500ms }
`;

function run(scratch: Scratch, kinds: readonly string[]): ReturnType<typeof start> {
  return scratch.startQuick(scratch.scenario('contained', scenario(kinds)), '--seed', '1', '--quiet');
}

describe('a control plane in Docker', { skip: noDocker }, () => {
  let daemon: TestDocker;
  before(async () => {
    daemon = await TestDocker.start();
  });
  after(async () => {
    await daemon[Symbol.asyncDispose]();
  });

  test(`configures sidecars and a crowd, each of its processes in a container: ${HERE.join(', ')}`, async () => {
    using scratch = new Scratch();
    const { code, stderr } = await run(scratch, HERE).ended;
    assert.equal(code, 0, stderr);
    const { trials } = await readRecord(path.join(scratch.run('contained'), 'record.jsonl'));
    assert.deepEqual(trials.map(({ variant }) => variant).sort(), HERE.toSorted());
    for (const { variant, load, proxies, controlPlane } of trials) {
      assert.deepEqual(load.outcomes, { ok: 100 }, variant);
      const clusters = proxies['client.envoy']?.counters['cluster_manager.active_clusters'] ?? 0;
      assert.ok(clusters > SERVICES, `${clusters} clusters`);
      assert.equal(controlPlane?.crowd?.memberNs.length, CROWD);
      for (const component of KINDS[variant as keyof typeof KINDS]) {
        const { cpuNs = 0, rssBytes = 0 } = controlPlane.spent[`control-plane.${component}`] ?? {};
        assert.ok(cpuNs > 0 && rssBytes > 1e6, component);
      }
    }
    assert.deepEqual(await daemon.leftovers(), []);
  });

  /** A run of istiod alone, a random while after this program of it has started. */
  async function caught(scratch: Scratch, program: string): Promise<ReturnType<typeof start>> {
    const begun = run(scratch, ['istiod']);
    await until(`a ${program}`, 90, () => runs(program));
    await sleep(Math.random() * 2000);
    return begun;
  }

  function runs(program: string): boolean {
    return daemon.processes().some(({ command }) => command.includes(`/${program} `));
  }

  async function untilNothingIsLeft(): Promise<void> {
    for (const deadline = Date.now() + 10_000; (await daemon.leftovers()).length > 0; await sleep(200))
      assert.ok(Date.now() < deadline, 'gone within ten seconds');
    await until('the end of its processes', 10, () => !PROGRAMS.some(runs));
  }

  for (const program of PROGRAMS) {
    for (let round = 0; round < count(0, 4); round += 1) {
      const when = `while ${program} runs, round ${round + 1}`;
      test(`that is istiod is gone after kill -9 of the command line, ${when}`, { skip: noIstiod }, async () => {
        using scratch = new Scratch();
        const { child, ended } = await caught(scratch, program);
        child.kill('SIGKILL');
        await ended;
        await untilNothingIsLeft();
      });
    }
  }

  for (const program of PROGRAMS.slice(0, count(0, 3))) {
    test(`that is istiod is gone after Ctrl-C while ${program} starts`, { skip: noIstiod }, async () => {
      using scratch = new Scratch();
      const { child, ended } = await caught(scratch, program);
      child.kill('SIGINT');
      assert.equal((await ended).code, 130);
      await untilNothingIsLeft();
    });
  }
});
