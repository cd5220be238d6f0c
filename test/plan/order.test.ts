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

  test('puts every variant in every place equally often, over many blocks', () => {
    const blocks = 6000;
    for (const count of [2, 3, 5]) {
      const plan = { seed: 42, variants: variants(count) };
      const seen = new Map<string, number>();
      for (let block = 0; block < blocks; block += 1) {
        for (const [place, name] of blockOrder(plan, block).entries()) {
          seen.set(`${name}@${place}`, (seen.get(`${name}@${place}`) ?? 0) + 1);
        }
      }
      assert.equal(seen.size, count * count);
      const expected = blocks / count;
      const deviation = Math.sqrt(blocks * (1 / count) * (1 - 1 / count));
      for (const [what, times] of seen) assert.ok(Math.abs(times - expected) < 5 * deviation, `${what}: ${times}`);
    }
  });

  test('of a block tells nothing about the next: runs of the same order are as long as with a coin', () => {
    const plan = { seed: 3, variants: variants(2) };
    const first = Array.from({ length: 4000 }, (_, block) => blockOrder(plan, block)[0]);
    const changes = first.filter((name, index) => index > 0 && name !== first[index - 1]).length;
    assert.ok(Math.abs(changes - 2000) < 5 * Math.sqrt(1000), `${changes} changes`);
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
