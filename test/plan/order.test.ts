import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { blockOrder, trialSeed } from '../../src/plan/index.ts';

function variants(count: number): readonly { readonly name: string }[] {
  return Array.from({ length: count }, (_, index) => ({ name: `v${index}` }));
}

const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });

describe('the order within a block', () => {
  test('holds every variant once, and is the same for the same seed and block', () => {
    fc.assert(
      fc.property(seeds, fc.nat(1000), fc.integer({ min: 1, max: 30 }), (seed, block, count) => {
        const plan = { seed, variants: variants(count) };
        const order = blockOrder(plan, block);
        assert.deepEqual(blockOrder(plan, block), order);
        assert.deepEqual([...order].sort(), plan.variants.map(({ name }) => name).sort());
      }),
    );
  });

  test('puts every variant in every place once in as many blocks as there are variants, and never more unevenly', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 40 }), (seed, count, blocks) => {
        const plan = { seed, variants: variants(count) };
        const orders = Array.from({ length: blocks }, (_, block) => blockOrder(plan, block));
        for (const { name } of plan.variants) {
          for (let place = 0; place < count; place += 1) {
            const times = orders.filter((order) => order[place] === name).length;
            assert.ok(times === Math.floor(blocks / count) || times === Math.ceil(blocks / count), `${name}@${place}`);
          }
        }
      }),
    );
  });

  test('lets each of an even number of variants follow each other once in as many blocks', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 6 }), fc.nat(20), (seed, half, group) => {
        const plan = { seed, variants: variants(2 * half) };
        const pairs = Array.from({ length: 2 * half }, (_, row) => blockOrder(plan, 2 * half * group + row)).flatMap(
          (order) => order.slice(1).map((name, place) => `${order[place]} ${name}`),
        );
        assert.equal(new Set(pairs).size, 2 * half * (2 * half - 1));
      }),
    );
  });

  test('of a group tells nothing about the next: every square is drawn as often as with dice', () => {
    for (const [count, squares] of [
      [2, 2],
      [3, 12],
      [4, 144],
    ] as const) {
      const plan = { seed: 42, variants: variants(count) };
      const groups = 200 * squares;
      const seen = new Map<string, number>();
      let repeated = 0;
      let previous = '';
      for (let group = 0; group < groups; group += 1) {
        const rows = Array.from({ length: count }, (_, row) => blockOrder(plan, count * group + row).join());
        const square = rows.join(' ');
        seen.set(square, (seen.get(square) ?? 0) + 1);
        if (square === previous) repeated += 1;
        previous = square;
      }
      assert.equal(seen.size, squares);
      for (const [square, times] of seen) assert.ok(Math.abs(times - 200) < 5 * Math.sqrt(200), `${square}: ${times}`);
      const expected = groups / squares;
      assert.ok(Math.abs(repeated - expected) < 5 * Math.sqrt(expected), `${repeated} repeated of ${groups}`);
    }
  });
});

describe('the seed of a trial', () => {
  test('is a whole number of 32 bits, the same again, and another one in every block', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const all = Array.from({ length: 300 }, (_, block) => trialSeed({ seed }, block));
        assert.deepEqual(
          all,
          all.map((_, block) => trialSeed({ seed }, block)),
        );
        assert.equal(new Set(all).size, all.length);
        for (const one of all) assert.ok(Number.isInteger(one) && one >= 0 && one < 2 ** 32);
      }),
    );
  });

  test('differs between runs with neighbouring seeds', () => {
    assert.notEqual(trialSeed({ seed: 1 }, 0), trialSeed({ seed: 2 }, 0));
  });
});
