import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { stolenShare } from '../../src/metrics/index.ts';

const MS = 1e6;
/** Processor time in ms by processor. */
const cpus = (...ms: readonly number[]) => Object.fromEntries(ms.map((value, cpu) => [String(cpu), value * MS]));

describe('what the hypervisor took of the time in which there was work', () => {
  for (const [what, busy, steal, groups, expected] of [
    ['nothing', [500, 500], [0, 0], [[0], [1]], 0],
    ['a third of a processor that mostly sleeps, of a window of seconds', [3000, 60], [0, 40], [[0], [1]], 0.3],
    ['the group that lost most', [900, 900], [110, 210], [[0], [1]], 200 / 1110],
    ['a group together', [900, 0, 900], [0, 210, 0], [[0, 1], [2]], 200 / 1110],
    ['one tick, which may be a part of one', [20, 20], [0, 10], [[0], [1]], 0],
    ['others lost, which are not of the run', [500, 500, 0], [0, 0, 900], [[0], [1]], 0],
    ['of no work', [0], [0], [[0]], 0],
    ['by names as records have them', [0, 800], [0, 210], [['0', '1']], 200 / 1010],
  ] as const) {
    test(`is ${what}`, () => {
      const share = stolenShare({ busyByCpuNs: cpus(...busy), stealByCpuNs: cpus(...steal) }, groups);
      assert.ok(Math.abs((share ?? Number.NaN) - expected) < 1e-12, String(share));
    });
  }

  test('is not known where steal was not read by processor', () => {
    assert.equal(stolenShare({ busyByCpuNs: cpus(1) }, [[0]]), null);
  });
});
