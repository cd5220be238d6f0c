import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { looksUpTo } from '../../src/cli/gate-request.ts';

describe('a gate of so many blocks at most looks', () => {
  for (const [blocks, looks] of [
    [6, [6]],
    [8, [8]],
    [20, [8, 14, 20]],
    [40, [8, 14, 20, 40]],
    [84, [8, 14, 20, 40, 84]],
    [130, [8, 14, 20, 40, 80, 130]],
  ] as const) {
    test(String(blocks), () => assert.deepEqual(looksUpTo(blocks), looks));
  }
});
