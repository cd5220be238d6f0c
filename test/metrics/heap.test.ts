import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { settleHeap } from '../../src/metrics/index.ts';

function garbage(): WeakRef<readonly number[]> {
  return new WeakRef(Array.from({ length: 1e6 }, (_, index) => index));
}

test('garbage is collected when it is asked for, every time', async () => {
  for (let round = 0; round < 2; round += 1) {
    const reference = garbage();
    // A reference is kept to the end of the turn in which it was made.
    await sleep(1);
    settleHeap();
    assert.equal(reference.deref(), undefined, `round ${round}`);
  }
  assert.equal(Reflect.get(globalThis, 'gc'), undefined, 'and nobody else can');
});
