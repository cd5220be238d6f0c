import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import { readRecord, type Trial } from '../../src/record/index.ts';
import { Scratch, start } from '../support/cli.ts';
import { count } from '../support/counts.ts';
import { noIstiod } from '../support/istiod.ts';

const SERVICES = count(20, 200);
const REQUESTS = 100;
const FURTHER = ['client-2', 'client-3', 'client-4'];

const SIDECARS = `question: Does istiod tell every sidecar of a mesh?
variants:
  several:
    controlPlane: { sidecars: ${FURTHER.length + 1}, namespaces: 2 }
    mesh: { outbound: listener }
  several-lazy:
    controlPlane: { sidecars: 2 }
    mesh: { outbound: listener }
    services: { lazy: true }
  both:
    mesh: { outbound: redirect, inbound: redirect }
  both-lazy:
    mesh: { outbound: redirect, inbound: redirect, exempt: uid }
    services: { lazy: true }
topology:
  workloads:
    client: { calls: [front] }
    front: { port: 8080, calls: [left, right] }
    left: { port: 8081 }
    right: { port: 8082 }
controlPlane: { kind: istiod }
services: { count: ${SERVICES} }
load: { rate: 200/s, connections: 8, warmup: 100ms, duration: 500ms }
`;

/** Requests that came to a sidecar by the listener of an address and a port, warm-up included. */
function requests(trial: Trial | undefined, workload: string, listener: string): number {
  return trial?.proxies[`${workload}.envoy`]?.counters[`http.${listener};.downstream_rq_total`] ?? 0;
}

describe('sidecars of a real istiod', { skip: noIstiod }, () => {
  test('are several beside the client, one of each caller, and one of each service with both ways', async () => {
    using scratch = new Scratch();
    const args = ['--quick', '--trials', '1', '--seed', '1', '--out', scratch.folder, '--quiet'];
    const { code, stderr } = await start('run', scratch.scenario('sidecars', SIDECARS), ...args).ended;
    assert.equal(code, 0, stderr);
    const { trials } = await readRecord(path.join(scratch.run('sidecars'), 'record.jsonl'));
    assert.ok(trials.every(({ load }) => load.outcomes['ok'] === REQUESTS && Object.keys(load.outcomes).length === 1));
    const of = Object.fromEntries(trials.map((trial) => [trial.variant, trial]));
    assert.deepEqual(Object.keys(of).sort(), ['both', 'both-lazy', 'several', 'several-lazy']);

    const { several } = of;
    const ofClient = [
      requests(several, 'client', 'outbound_127.0.0.1_8080'),
      ...FURTHER.map((name, index) => requests(several, name, `outbound_198.18.0.${17 + index}_8080`)),
    ];
    assert.ok(
      ofClient.every((some) => some >= REQUESTS / 8),
      `${ofClient}`,
    );
    const sent = ofClient.reduce((sum, some) => sum + some, 0);
    assert.deepEqual(
      [8081, 8082].map((port) => requests(several, 'front', `outbound_127.0.0.1_${port}`)),
      [sent, sent],
    );
    const { spent = {} } = several?.controlPlane ?? {};
    assert.ok((spent['control-plane.istiod']?.cpuNs ?? 0) > 0);

    for (const variant of ['both', 'both-lazy']) {
      const trial = of[variant];
      const came = requests(trial, 'client', 'outbound_0.0.0.0_8080');
      assert.ok(came >= REQUESTS, `${came}`);
      const ways = [
        requests(trial, 'front', 'inbound_0.0.0.0_8080'),
        ...[8081, 8082].map((port) => requests(trial, 'front', `outbound_0.0.0.0_${port}`)),
        requests(trial, 'left', 'inbound_0.0.0.0_8081'),
        requests(trial, 'right', 'inbound_0.0.0.0_8082'),
      ];
      assert.deepEqual(
        ways,
        ways.map(() => came),
        variant,
      );
      assert.equal(trial?.controlPlane?.istiod?.rejected, 0);
    }
    const clusters = (variant: string, workload: string): number =>
      of[variant]?.proxies[`${workload}.envoy`]?.counters['cluster_manager.active_clusters'] ?? 0;
    assert.ok(clusters('both', 'left') > SERVICES && clusters('several', 'client-4') > SERVICES);
    assert.ok(clusters('both-lazy', 'left') < 12 && clusters('several-lazy', 'client-2') < 12);
  });
});
