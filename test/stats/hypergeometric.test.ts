import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { probabilityOfHits } from '../../src/stats/index.ts';

describe('draws without replacement', () => {
  for (const [hits, drawn, own, all, expected] of [
    // The lady who tastes tea: all four of eight cups.
    [4, 4, 4, 8, 1 / 70],
    [3, 4, 4, 8, 17 / 70],
    [0, 4, 4, 8, 1],
    [8, 8, 20, 40, 125_970 / 76_904_685],
    [3, 3, 2, 4, 0],
    [0, 0, 0, 0, 1],
    [0, 3, 0, 5, 1],
    [1, 3, 0, 5, 0],
    [2, 5, 3, 6, 1],
  ] as const) {
    test(`at least ${hits} of ${drawn} draws among ${own} of ${all}: ${expected.toPrecision(4)}`, () => {
      assert.ok(Math.abs(probabilityOfHits(hits, drawn, own, all) - expected) < 1e-12);
    });
  }

  test('more hits are less probable, and the others have the rest', () => {
    const counts = fc.record({ all: fc.integer({ min: 1, max: 300 }), a: fc.nat(), b: fc.nat(), c: fc.nat() });
    fc.assert(
      fc.property(counts, ({ all, a, b, c }) => {
        const [own, drawn] = [a % (all + 1), b % (all + 1)];
        const hits = c % (drawn + 1);
        const at = probabilityOfHits(hits, drawn, own, all);
        assert.ok(at >= 0 && at <= 1);
        if (hits === 0) return;
        assert.ok(at <= probabilityOfHits(hits - 1, drawn, own, all) + 1e-12);
        const others = probabilityOfHits(drawn - hits + 1, drawn, all - own, all);
        assert.ok(Math.abs(at + others - 1) < 1e-9, `${at} + ${others}`);
      }),
      { numRuns: 200 },
    );
  });

  test('what is no count is refused', () => {
    for (const [hits, drawn, own, all] of [
      [2, 1, 1, 4],
      [1, 5, 1, 4],
      [1, 1, 5, 4],
      [-1, 1, 1, 4],
      [0.5, 1, 1, 4],
    ] as const) {
      assert.throws(() => probabilityOfHits(hits, drawn, own, all), RangeError);
    }
  });
});
