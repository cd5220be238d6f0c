import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { readRecord } from '../../src/record/index.ts';
import { Scratch, start } from '../support/cli.ts';
import { count } from '../support/counts.ts';
import { noDocker, TestDocker } from '../support/dockerd.ts';
import { noIstiod } from '../support/istiod.ts';
import { until } from '../support/processes.ts';

const SERVICES = count(30, 500);
const CROWD = 10;

const scenario = (kind: string): string => `question: What does a control plane in containers tell?
variants: { one: {} }
mesh: { outbound: redirect }
controlPlane: { kind: ${kind}, crowd: ${CROWD} }
services: { count: ${SERVICES} }
runtime: { name: docker }
load: { rate: 200/s, connections: 4, warmup: 100ms, duration: 500ms }
`;

function run(scratch: Scratch, kind: string): ReturnType<typeof start> {
  const args = ['--quick', '--trials', '1', '--seed', '1', '--out', scratch.folder, '--quiet'];
  return start('run', scratch.scenario('contained', scenario(kind)), ...args);
}

describe('a control plane in Docker', { skip: noDocker }, () => {
  let daemon: TestDocker;
  before(async () => {
    daemon = await TestDocker.start();
  });
  after(async () => {
    await daemon[Symbol.asyncDispose]();
  });

  const KINDS = [
    { kind: 'xds', components: ['xds'], skip: false },
    { kind: 'istiod', components: ['istiod', 'kube-apiserver', 'etcd'], skip: noIstiod },
  ];
  for (const { kind, components, skip } of KINDS) {
    test(`that is ${kind} configures sidecars and a crowd, each of its processes in a container`, {
      skip,
    }, async () => {
      using scratch = new Scratch();
      const { code, stderr } = await run(scratch, kind).ended;
      assert.equal(code, 0, stderr);
      const { trials } = await readRecord(path.join(scratch.run('contained'), 'record.jsonl'));
      const [trial] = trials;
      assert.deepEqual(trial?.load.outcomes, { ok: 100 });
      const clusters = trial.proxies['client.envoy']?.counters['cluster_manager.active_clusters'] ?? 0;
      assert.ok(clusters > SERVICES, `${clusters} clusters`);
      assert.equal(trial.controlPlane?.crowd?.memberNs.length, CROWD);
      for (const component of components) {
        const { cpuNs = 0, rssBytes = 0 } = trial.controlPlane.spent[`control-plane.${component}`] ?? {};
        assert.ok(cpuNs > 0 && rssBytes > 1e6, component);
      }
      assert.deepEqual(await daemon.leftovers(), []);
    });
  }

  for (const signal of (['SIGINT', 'SIGKILL'] as const).slice(0, count(1, 2))) {
    test(`that is istiod leaves nothing after ${signal} to the command line`, { skip: noIstiod }, async () => {
      using scratch = new Scratch();
      const { child, ended } = run(scratch, 'istiod');
      const servers = (): boolean => daemon.processes().some(({ command }) => command.includes('/kube-apiserver '));
      await until('an API server', 90, servers);
      await sleep(Math.random() * 2000);
      child.kill(signal);
      assert.equal((await ended).code, signal === 'SIGINT' ? 130 : null);
      for (const deadline = Date.now() + 10_000; (await daemon.leftovers()).length > 0; await sleep(200))
        assert.ok(Date.now() < deadline, 'gone within ten seconds');
      await until('the end of its processes', 10, () => !servers());
    });
  }
});
