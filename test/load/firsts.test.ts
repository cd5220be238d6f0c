import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Firsts } from '../../src/load/firsts.ts';

test('requests that are intended shortly after a mark are kept, failed ones without a time', () => {
  const firsts = new Firsts(1000, { at: [-100, 500], span: 50, endpoints: 2 });
  firsts.ended(3, 901, 902, 910);
  firsts.ended(4, 900, 901, Number.NaN);
  firsts.ended(0, 950, 951, 960);
  firsts.ended(1, 1549, 1550, 1560);
  assert.deepEqual(firsts.all, [
    { at: -100, intended: [-99, -100], serviceNs: [8, null], endpoint: [1, 0] },
    { at: 500, intended: [549], serviceNs: [10], endpoint: [1] },
  ]);
});

test('nothing is kept where there is no mark', () => {
  const firsts = new Firsts(0);
  firsts.ended(0, 1, 2, 3);
  assert.equal(firsts.all, undefined);
});
