import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SequenceIds } from '../../src/load/protocols/sequence-ids.ts';
import { FIRST_SEQUENCE_ID, SEQUENCE_IDS } from '../../src/wire/index.ts';

describe('sequence ids', () => {
  test('differ from call to call, tell their slot, and stay within three bytes when they begin anew', () => {
    const ids = new SequenceIds(3, () => 0.999999);
    const drawn = Array.from({ length: 30 }, (_, call) => {
      const id = ids.draw(call % 3);
      assert.equal(ids.settle(id), call % 3);
      return id;
    });
    assert.equal(new Set(drawn).size, drawn.length);
    assert.ok(drawn.every((id) => id >= FIRST_SEQUENCE_ID && id < FIRST_SEQUENCE_ID + SEQUENCE_IDS));
  });

  test('are settled once, and by no other id', () => {
    const ids = new SequenceIds(2);
    const [one, two] = [ids.draw(0), ids.draw(1)];
    assert.equal(ids.settle(one + 2), -1);
    assert.deepEqual([ids.settle(two), ids.settle(two), ids.settle(one)], [1, -1, 0]);
  });

  test('of two connections are not the same: the reply to the call of one is none to that of the other', () => {
    const [one, other] = [new SequenceIds(1, () => 0.25), new SequenceIds(1, () => 0.75)];
    for (let call = 0; call < 1000; call += 1) {
      const [mine, theirs] = [one.draw(0), other.draw(0)];
      assert.equal(one.settle(theirs), -1);
      assert.equal(one.settle(mine), 0);
    }
  });
});
