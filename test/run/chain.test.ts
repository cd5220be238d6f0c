import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { readRecord, type Trial } from '../../src/record/index.ts';
import { type Ended, meshbench, Scratch } from '../support/cli.ts';

const SCENARIO = `question: Do applications behind sidecars call each other?
topology:
  workloads:
    client: { calls: [front] }
    front: { port: 8080, calls: [left, right] }
    left: { port: 8080 }
    right: { port: 8081 }
variants:
  direct: {}
  redirect: { mesh: { preset: istio, tls: mutual } }
  tproxy: { mesh: { preset: istio-tproxy, tls: mutual } }
  listener: { mesh: { outbound: listener, inbound: listener, tls: mutual } }
load: { rate: 100/s, connections: 8, warmup: 500ms, duration: 1s }
trials: 1
`;
const WITH_SIDECARS = ['redirect', 'tproxy', 'listener'];
/** Of the warm-up and of the measurement. */
const REQUESTS = 150;

describe('a chain of services', () => {
  const scratch = new Scratch();
  let ended: Ended;
  const trials = new Map<string, Trial>();
  before(async () => {
    ended = await meshbench('run', scratch.scenario('chain', SCENARIO), '--quick', '--out', scratch.folder);
    assert.equal(ended.code, 0, ended.stderr);
    const record = await readRecord(path.join(scratch.run('chain'), 'record.jsonl'));
    for (const trial of record.trials) trials.set(trial.variant, trial);
  });
  after(() => scratch[Symbol.dispose]());

  test('answers every request, with and without sidecars', () => {
    assert.deepEqual([...trials.keys()].sort(), ['direct', ...WITH_SIDECARS].sort());
    for (const { load } of trials.values()) assert.deepEqual(load.outcomes, { ok: 100 });
  });

  for (const variant of WITH_SIDECARS) {
    const counters = (host: string): Readonly<Record<string, number>> =>
      trials.get(variant)?.proxies[`${host}.envoy`]?.counters ?? {};

    test(`${variant}: passes every sidecar once for each call, and nothing passes one in another way`, () => {
      const counted = (host: string, direction: string) => counters(host)[`http.${direction}.downstream_rq_2xx`];
      assert.deepEqual(
        {
          client: counted('client', 'outbound'),
          frontIn: counted('front', 'inbound'),
          frontOut: counted('front', 'outbound'),
          left: counted('left', 'inbound'),
          right: counted('right', 'inbound'),
        },
        { client: REQUESTS, frontIn: REQUESTS, frontOut: 2 * REQUESTS, left: REQUESTS, right: REQUESTS },
      );
      for (const host of ['client', 'front'])
        assert.equal(counters(host)['cluster.passthrough.upstream_cx_total'] ?? 0, 0);
    });

    test(`${variant}: goes from service to service by mTLS, over connections that are kept`, () => {
      for (const host of ['front', 'left', 'right']) {
        const handshakes = Object.entries(counters(host)).find(([name]) => name.endsWith('.ssl.handshake'))?.[1] ?? 0;
        assert.ok(handshakes > 0 && handshakes <= 32, `${host}: ${handshakes}`);
      }
    });
  }
});
