import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RequestQueue } from '../../src/load/ring.ts';

test('a queue gives back what was put in, in order, whatever the mix of putting and taking', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -50, max: 400 }), { maxLength: 40 }), (steps) => {
      const queue = new RequestQueue();
      const model: number[] = [];
      let next = 0;
      for (const step of steps) {
        for (let i = 0; i < step; i += 1) {
          queue.push(next, next * 2);
          model.push(next);
          next += 1;
        }
        for (let i = 0; i > step; i -= 1) {
          assert.equal(queue.firstIntended(), model[0] ?? Number.NaN);
          assert.equal(queue.firstReleased(), (model[0] ?? Number.NaN) * 2);
          queue.shift();
          model.shift();
        }
        assert.equal(queue.length, model.length);
      }
    }),
    { numRuns: 200 },
  );
});
