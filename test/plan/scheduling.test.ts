import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decideScheduling } from '../../src/plan/index.ts';
import type { Scheduling } from '../../src/scenario/index.ts';

const FREE = { mayRealtime: true, limited: false };
const USER = { mayRealtime: false, limited: false };

describe('scheduling', () => {
  const wishes: readonly Scheduling['system'][] = ['auto', 'normal', 'realtime'];
  for (const system of wishes) {
    test(`${system} is given as it is wished where the machine may`, () => {
      const decided = decideScheduling({ system, load: 'auto', awake: false }, FREE);
      assert.equal(decided.system, system === 'auto' ? 'realtime' : system);
      assert.deepEqual(decided.degraded, []);
    });
  }

  test('degrades with a word where SCHED_RR is refused, and only where it was wished for', () => {
    const refused = decideScheduling({ system: 'realtime', load: 'normal', awake: true }, USER);
    assert.equal(refused.system, 'normal');
    assert.match(refused.degraded.join(), /needs root/u);
    assert.deepEqual(decideScheduling({ system: 'normal', load: 'normal', awake: true }, USER).degraded, []);
  });

  test('is normal for all variants where one has a limit, which would not hold real-time tasks', () => {
    const limited = decideScheduling(
      { system: 'auto', load: 'auto', awake: 'auto' },
      { mayRealtime: true, limited: true },
    );
    assert.equal(limited.system, 'normal');
    assert.match(limited.degraded.join(), /does not hold/u);
  });

  test('raises the load where the machine may, with or without SCHED_RR, and says where it cannot', () => {
    const wish = { system: 'normal', load: 'raised', awake: false } as const;
    assert.deepEqual(decideScheduling(wish, FREE), { ...wish, degraded: [] });
    const refused = decideScheduling(wish, USER);
    assert.equal(refused.load, 'normal');
    assert.match(refused.degraded.join(), /raised one needs root/u);
    assert.equal(decideScheduling({ ...wish, load: 'normal' }, FREE).load, 'normal');
  });

  test('keeps processors awake where it is told to: that needs no privilege', () => {
    assert.equal(decideScheduling({ system: 'auto', load: 'auto', awake: true }, USER).awake, true);
    assert.equal(decideScheduling({ system: 'auto', load: 'auto', awake: 'auto' }, FREE).awake, false);
  });
});
