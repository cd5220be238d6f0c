import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  type Change,
  type ChangeName,
  changeOf,
  generateServices,
  serviceEntry,
  sidecarObject,
} from '../../src/services/index.ts';

const generated = generateServices({ count: 3, endpoints: 2, ports: 'own', firstPort: 20_000, rules: 0, seed: 1 });
const called = { name: 'server', namespace: 'default' };
const SERVER = serviceEntry('server', 'default', { port: 8080, addresses: ['198.18.0.11'] });

const change = (name: ChangeName, times: number): Change =>
  changeOf(name, { generated, entries: [SERVER], called, times });

/** What a change puts, in a line each. */
function lines({ put, remove }: Change): readonly string[] {
  const told = put.map((object) => {
    if (object.kind === 'ServiceEntry')
      return `${object.metadata.name} at ${object.spec.endpoints.map((one) => one.address).join()}`;
    if (object.kind === 'VirtualService') {
      const [rule] = object.spec.http;
      return `${object.spec.hosts.join()} → ${rule?.route[0].destination.host} ${rule?.timeout ?? 'without end'}`;
    }
    return object.kind;
  });
  return [...told, ...remove.map((key) => `-${key}`)];
}

describe('what changes', () => {
  const [, second] = generated.map(({ spec }) => spec.endpoints[1]?.address);
  const host = 'server.default.svc.cluster.local';
  const table: readonly (readonly [name: ChangeName, times: number, expected: readonly string[]])[] = [
    ['endpoint', 1, [`svc-1 at 198.19.200.2,${second}`]],
    ['route', 0, [`${host} → ${host} 15s`]],
    ['route', 1, [`${host} → ${host} without end`]],
    ['move', 0, ['server-again-0 at 198.18.0.11', `${host} → server-again-0.default.svc.cluster.local without end`]],
    ['bad-route', 0, [`${host} → server-typo.default.svc.cluster.local without end`]],
  ];
  for (const [name, times, expected] of table) {
    test(`${name}, ${times} times before`, () => assert.deepEqual(lines(change(name, times)), expected));
  }

  test('a service gives way to one of another name, which gives way to a third', () => {
    const first = change('service', 0);
    assert.deepEqual(first.remove, ['ServiceEntry/team-0/svc-0']);
    const [put] = first.put;
    assert.ok(put?.kind === 'ServiceEntry');
    const next = changeOf('service', { generated: [put], entries: [], called, times: 4 });
    assert.deepEqual(next.remove, ['ServiceEntry/team-0/svc-0-again-0']);
    assert.equal(next.put[0]?.metadata.name, 'svc-0-again-4');
  });

  test('a Sidecar shows what is revealed, once', () => {
    const host = 'server.default.svc.cluster.local';
    const told = { generated, entries: [SERVER], called, times: 0 };
    const hiding = sidecarObject('client', ['a.default.svc.cluster.local']);
    const [shown, all] = changeOf('reveal', {
      ...told,
      sidecars: [hiding, sidecarObject('b', ['*'], { bind: '198.18.0.12' })],
    }).put;
    assert.ok(shown?.kind === 'Sidecar' && all?.kind === 'Sidecar');
    assert.deepEqual(shown.spec.egress[0]?.hosts, ['*/a.default.svc.cluster.local', `*/${host}`]);
    assert.deepEqual(all.spec.egress[0]?.hosts, ['*/*']);
    assert.deepEqual(changeOf('reveal', { ...told, sidecars: [shown] }).put, [shown]);
  });

  test('of services that there are not is refused', () => {
    assert.throws(() => changeOf('endpoint', { generated: [], entries: [], called, times: 0 }), RangeError);
  });
});
