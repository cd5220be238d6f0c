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
  both: { mesh: { preset: istio, tls: mutual } }
load: { rate: 100/s, connections: 8, warmup: 500ms, duration: 1s }
trials: 1
`;
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
    assert.deepEqual([...trials.keys()].sort(), ['both', 'direct']);
    for (const { load } of trials.values()) assert.deepEqual(load.outcomes, { ok: 100 });
  });

  test('passes every sidecar once for each call, and the one that calls two services twice', () => {
    const { proxies = {} } = trials.get('both') ?? {};
    const counted = (host: string, direction: string): number | undefined =>
      proxies[`${host}.envoy`]?.counters[`http.${direction}.downstream_rq_2xx`];
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
  });

  test('goes from service to service by mTLS, over connections that are kept', () => {
    const { proxies = {} } = trials.get('both') ?? {};
    for (const host of ['front', 'left', 'right']) {
      const counters = proxies[`${host}.envoy`]?.counters ?? {};
      const handshakes = Object.entries(counters).filter(([name]) => name.endsWith('.ssl.handshake'));
      const [[, count] = ['', 0]] = handshakes;
      assert.ok(count > 0 && count <= 32, `${host}: ${JSON.stringify(handshakes)}`);
    }
  });
});
