import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Crowd } from '../../src/crowd/index.ts';
import { monotonicNow } from '../../src/metrics/index.ts';
import { changeOf, generateServices } from '../../src/services/index.ts';
import { ControlPlane } from '../../src/xds/index.ts';

const CALLED = { name: 'nobody', namespace: 'default' };

test('a push goes to one group after the other, is taken back from those that were told, and only one is under way', async () => {
  await using plane = await ControlPlane.listen({
    objects: generateServices({ count: 5, endpoints: 2, ports: 'own', firstPort: 20_000, rules: 0, seed: 1 }),
    address: '127.0.0.1',
    port: 0,
    expected: [],
    clock: monotonicNow,
  });
  const server = `127.0.0.1:${plane.port}`;
  using _crowd = await Crowd.join({ server, members: 10, dialect: 'delta', namespace: 'default', app: 'crowd' });
  const change = (times: number) =>
    changeOf('endpoint', { generated: plane.serviceEntries(), entries: [], called: CALLED, times });
  const before = plane.serviceEntries();
  const bytes = (): number => plane.traffic().reduce((sum, one) => sum + one.bytes, 0);
  const sent = bytes();

  const rollout = plane.propose(change(0), { groups: 4 });
  assert.deepEqual(
    rollout.proposal.groups.map((group) => group.length),
    [3, 2, 3, 2],
  );
  assert.equal(rollout.proposal.difference.resources.length, 1);
  assert.equal(bytes(), sent, 'a proposal sends nothing');

  const first = await rollout.advance();
  assert.deepEqual(first.nodes, rollout.proposal.groups[0]);
  assert.ok(first.propagationNs.every((time) => time !== null));
  assert.throws(() => plane.propose(change(1), { groups: 1 }), { code: 'PUSH_UNDER_WAY' });
  const back = await rollout.rollBack();
  assert.deepEqual(back.nodes, first.nodes);
  assert.ok(
    back.bytes.every((one) => one > 0),
    'those that were told are told again',
  );
  assert.deepEqual(plane.serviceEntries(), before, 'all is as it was');
  await assert.rejects(rollout.advance(), { code: 'PUSH_OVER' });

  const whole = plane.propose(change(1), { groups: 2 });
  await whole.advance();
  assert.notDeepEqual(whole.over, true);
  await whole.advance();
  assert.equal(whole.over, true);
  assert.notDeepEqual(plane.serviceEntries(), before, 'it holds for good');

  const late = plane.propose(change(2), { groups: 1 });
  assert.equal((await late.advance()).nodes.length, 10);
  const kept = plane.serviceEntries();
  assert.equal((await late.rollBack()).nodes.length, 10, 'also once everybody was told');
  assert.notDeepEqual(plane.serviceEntries(), kept);
});
