import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Kind } from '../../src/xds/types.ts';
import { Client, clusterOf, snapshotOf } from './support.ts';

const [A, B, C] = [clusterOf('a', 8000), clusterOf('b', 8001), clusterOf('c', 8002)];
const FIXED = 'BlackHoleCluster PassthroughCluster';

/** A client that has everything of two services. */
function started(dialect: 'delta' | 'sotw'): Client {
  const client = new Client(snapshotOf({ a: ['198.19.0.1'], b: ['198.19.0.2'] }), dialect);
  client.ask('cluster');
  client.acknowledge();
  client.ask('endpoint', { names: [A, B] });
  client.acknowledge([A, B]);
  client.ask('listener');
  client.acknowledge();
  client.ask('route', { names: ['8000', '8001'] });
  client.acknowledge(['8000', '8001']);
  return client;
}

/** Acknowledges until nothing more comes; with the kinds of what came. `wanted` are the names of those that are named. */
function takeAll(client: Client, wanted: Readonly<Partial<Record<Kind, readonly string[]>>>): readonly Kind[] {
  const kinds: Kind[] = [];
  while (client.look().length > 0) {
    const kind = client.told.at(-1)?.kind;
    if (kind === undefined) break;
    kinds.push(kind);
    client.acknowledge(wanted[kind] ?? []);
  }
  return kinds;
}

describe('what a sidecar is told when it comes', () => {
  for (const dialect of ['delta', 'sotw'] as const) {
    test(`${dialect}: all clusters and listeners, and what it names of the others`, () => {
      assert.deepEqual(started(dialect).look(), [
        `cluster: ${A} ${B} ${FIXED}`,
        `endpoint: ${A} ${B}`,
        'listener: 0.0.0.0_8000 0.0.0.0_8001 virtualOutbound',
        'route: 8000 8001',
      ]);
    });

    test(`${dialect}: an acknowledgement is answered by nothing`, () => {
      const client = started(dialect);
      assert.equal(client.told.length, 4);
      assert.equal(client.session.traffic().acknowledged, 4);
    });
  }

  test('delta: a name that nothing has is told to be none', () => {
    const client = new Client(snapshotOf({ a: [] }), 'delta');
    client.ask('endpoint', { names: [A, C] });
    assert.deepEqual(client.look(), [`endpoint: ${A} -${C}`]);
  });

  test('delta: a name that is asked for again is told again', () => {
    const client = started('delta');
    client.look();
    client.ask('endpoint', { names: [A] });
    assert.deepEqual(client.look(), [`endpoint: ${A}`]);
  });

  test('state of the world: further names are answered by all of them', () => {
    const client = new Client(snapshotOf({ a: [], b: [] }), 'sotw');
    client.ask('endpoint', { names: [A] });
    client.acknowledge([A, B]);
    assert.deepEqual(client.look(), [`endpoint: ${A}`, `endpoint: ${A} ${B}`]);
  });

  test('delta: who comes back with what is known is told nothing of it again', () => {
    const snapshot = snapshotOf({ a: [], b: [] });
    const known = new Map([...snapshot.cluster].map(([name, { version }]) => [name, version]));
    const client = new Client(snapshot, 'delta');
    client.ask('cluster', { known: new Map([...known, [B, 'another'], [C, 'gone']]) });
    assert.deepEqual(client.look(), [`cluster: ${B} -${C}`]);
  });

  test('versions follow from the content: two control planes agree', () => {
    const [one, other] = [snapshotOf({ a: ['198.19.0.1'] }), snapshotOf({ a: ['198.19.0.1'] })];
    assert.equal(one.endpoint.get(A)?.version, other.endpoint.get(A)?.version);
    assert.notEqual(one.endpoint.get(A)?.version, snapshotOf({ a: ['198.19.0.9'] }).endpoint.get(A)?.version);
  });
});

describe('what a sidecar is told when something changes', () => {
  test('delta: other endpoints alone', async () => {
    const client = started('delta');
    client.look();
    const pushed = client.session.push(snapshotOf({ a: ['198.19.0.1'], b: ['198.19.0.3'] }));
    assert.deepEqual(client.look(), [`endpoint: ${B}`]);
    client.acknowledge();
    assert.ok(((await pushed) ?? 0) > 0);
    assert.deepEqual(client.look(), []);
  });

  for (const dialect of ['delta', 'sotw'] as const) {
    test(`${dialect}: the new is made before the old is broken, each step when the last is acknowledged`, async () => {
      const client = started(dialect);
      client.look();
      const to = snapshotOf({ a: ['198.19.0.1'], c: ['198.19.0.2'] });
      const next = clusterOf('c', 8001);
      const pushed = client.session.push(to);
      assert.equal(client.look().length, 1);
      assert.ok(client.told.at(-1)?.names.includes(next));
      assert.equal(client.told.at(-1)?.removed.length, 0);
      if (dialect === 'sotw') assert.ok(client.told.at(-1)?.names.includes(B));
      client.askFor('endpoint', [next], [A, B]);
      assert.ok(client.look().join().includes(next), 'its endpoints are there when it asks');
      client.acknowledge([A, B, next], 'endpoint');
      client.acknowledge([], 'cluster');
      // The listener of the port is the same; its route leads to the new cluster.
      const kinds = takeAll(client, { endpoint: [A, B, next], route: ['8000', '8001'] });
      assert.ok(((await pushed) ?? 0) > 0);
      assert.deepEqual(kinds.slice(-2), ['route', 'cluster']);
      const last = client.told.at(-1);
      if (dialect === 'delta') assert.deepEqual(last?.removed, [B]);
      else assert.ok(last?.names.includes(next) && !last.names.includes(B));
    });
  }

  test('a step that is refused ends its push, in the words of who refused', async () => {
    const client = started('delta');
    const pushed = client.session.push(snapshotOf({ a: ['198.19.0.1'], b: ['198.19.0.2'], c: [] }));
    client.look();
    client.acknowledge([], 'cluster', 'no such thing');
    await pushed;
    assert.deepEqual(client.look(), []);
    assert.deepEqual(client.session.traffic().refusals, [{ kind: 'cluster', message: 'no such thing' }]);
  });

  test('state of the world: a cluster that is sent anew gets its endpoints again', () => {
    const client = started('sotw');
    client.look();
    void client.session.push(snapshotOf({ a: ['198.19.0.1'], b: ['198.19.0.2'], c: ['198.19.0.3'] }));
    client.acknowledge();
    client.askFor('endpoint', [C], [A, B]);
    assert.ok(client.look().some((text) => text.startsWith('endpoint:') && text.includes(C)));
  });
});

describe('a server of endpoints alone', () => {
  for (const dialect of ['delta', 'sotw'] as const) {
    test(`${dialect}: who asks for what it does not know yet waits until it does`, async () => {
      const client = new Client(snapshotOf({ a: ['198.19.0.1'] }), dialect, true);
      client.ask('endpoint', { names: [B] });
      assert.deepEqual(client.look(), []);
      const unrelated = client.session.push(snapshotOf({ a: ['198.19.0.9'] }));
      assert.deepEqual(client.look(), []);
      assert.ok(((await unrelated) ?? 0) > 0, 'what it did not ask for is no push for it');
      const pushed = client.session.push(snapshotOf({ a: ['198.19.0.9'], b: ['198.19.0.2'] }));
      assert.deepEqual(client.look(), [`endpoint: ${B}`]);
      client.acknowledge([B]);
      assert.ok(((await pushed) ?? 0) > 0);
    });
  }
});

test('who leaves before the last acknowledgement has not got the push', async () => {
  const client = started('delta');
  const pushed = client.session.push(snapshotOf({ a: ['198.19.0.1'], b: ['198.19.0.3'] }));
  client.session.end();
  assert.equal(await pushed, undefined);
});

describe('a push in another manner', () => {
  const to = snapshotOf({ a: ['198.19.0.1'], c: ['198.19.0.2'] });
  const next = clusterOf('c', 8001);

  test('endpoints last: who asks for those of a new cluster waits, while its route is there already', () => {
    const client = started('delta');
    client.look();
    void client.session.push(to, { order: 'endpoints-last', lateNs: 1e9 });
    assert.deepEqual(client.look(), [`cluster: ${next}`, 'route: 8001'], 'no route waits for a cluster to be warm');
    client.askFor('endpoint', [next], [A, B]);
    assert.deepEqual(client.look(), [], 'asked for, and not told');
    client.acknowledge([], 'route');
    assert.deepEqual(client.look(), [], 'they are late');
    client.pass();
    assert.deepEqual(client.look(), [`endpoint: ${next}`]);
    client.acknowledge();
    assert.deepEqual(client.look(), [`cluster: -${B}`]);
  });

  test('routes first: they are told before the clusters that they lead to', () => {
    const client = started('sotw');
    client.look();
    void client.session.push(to, { order: 'routes-first', lateNs: 0 });
    assert.deepEqual(client.look(), ['route: 8001']);
    client.acknowledge(['8000', '8001'], 'route');
    assert.ok(client.look().join().startsWith('cluster: '));
  });

  test('routes first: endpoints do not wait for the cluster, which is not acknowledged before it has them', () => {
    const client = started('delta');
    client.look();
    void client.session.push(to, { order: 'routes-first', lateNs: 0 });
    client.look();
    client.acknowledge([], 'route');
    assert.ok(client.look().join().startsWith('cluster: '));
    client.askFor('endpoint', [next], [A, B]);
    assert.deepEqual(client.look(), [`endpoint: ${next}`]);
  });

  test('late endpoints of clusters that come before their routes hold up the routes', () => {
    const client = started('delta');
    client.look();
    void client.session.push(to, { order: 'make-before-break', lateNs: 1e9 });
    client.acknowledge([], 'cluster');
    client.askFor('endpoint', [next], [A, B]);
    client.look();
    assert.deepEqual(client.look(), []);
    client.pass();
    assert.deepEqual(client.look(), [`endpoint: ${next}`]);
    client.acknowledge();
    assert.deepEqual(client.look(), ['route: 8001']);
  });

  test('late endpoints are told also while their cluster is not acknowledged, as Envoy does not before it is warm', () => {
    const client = started('delta');
    client.look();
    void client.session.push(to, { order: 'make-before-break', lateNs: 1e9 });
    client.askFor('endpoint', [next], [A, B]);
    assert.deepEqual(client.look(), [`cluster: ${next}`]);
    client.pass();
    assert.deepEqual(client.look(), [`endpoint: ${next}`]);
    client.acknowledge([], 'endpoint');
    client.acknowledge([], 'cluster');
    assert.deepEqual(client.look(), ['route: 8001']);
  });

  test('another push takes the place of what was to come later', () => {
    const client = started('delta');
    client.look();
    void client.session.push(to, { order: 'make-before-break', lateNs: 1e9 });
    client.acknowledge([], 'cluster');
    void client.session.push(snapshotOf({ a: ['198.19.0.1'], b: ['198.19.0.2'] }));
    client.acknowledge([], 'cluster');
    client.look();
    client.pass();
    assert.deepEqual(client.look(), []);
  });
});
