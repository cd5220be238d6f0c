import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Placement, placeCpus } from '../../src/plan/index.ts';
import type { CpuChoice } from '../../src/scenario/index.ts';

type Case = readonly [allowed: readonly number[], load: CpuChoice, system: CpuChoice, placement: Placement];

/** Where helpers are where the harness is. */
function placement(load: number[], harness: number[], system: number[], shared = false): Placement {
  return { load, harness, helpers: harness, system, shared };
}

const AUTO = { load: 'auto', system: 'auto' } as const;

describe('placement on processors', () => {
  const table: readonly Case[] = [
    [[0], 'auto', 'auto', placement([0], [0], [0], true)],
    [[0, 1], 'auto', 'auto', placement([0], [0], [1])],
    [[0, 1, 2], 'auto', 'auto', placement([0], [0], [1, 2])],
    [[0, 1, 2, 3], 'auto', 'auto', placement([0], [1], [2, 3])],
    [[7, 5, 3, 3, 1], 'auto', 'auto', placement([1], [3], [5, 7])],
    [[0, 1, 2, 3], [2], 'auto', placement([2], [0], [1, 3])],
    [[0, 1, 2, 3], [0, 1], 'auto', placement([0, 1], [0, 1], [2, 3])],
    [[0, 1], [0, 1], 'auto', placement([0, 1], [0, 1], [0, 1], true)],
    [[0, 1], 'auto', [0], placement([1], [1], [0])],
    [[0, 1], 'auto', [0, 1], placement([0, 1], [0, 1], [0, 1], true)],
    [[0, 1, 2], 'auto', [2], placement([0], [1], [2])],
    [[0, 1, 2], [0], [1], placement([0], [2], [1])],
    [[0, 1], [1], [0], placement([1], [1], [0])],
    [[0, 1], [0], [0], placement([0], [1], [0], true)],
  ];
  for (const [allowed, load, system, expected] of table) {
    test(`of ${allowed} with load ${load} and system ${system}`, () => {
      assert.deepEqual(placeCpus(allowed, { load, system }, { goesFirst: false }), expected);
    });
    test(`of ${allowed} with load ${load} and a system ${system} that goes first`, () => {
      const harness = String(expected.harness) === String(expected.load) ? expected.system : expected.harness;
      assert.deepEqual(placeCpus(allowed, { load, system }, { goesFirst: true }), { ...expected, harness });
    });
  }

  test('uses allowed processors only, all roles have one, and shares with two or more only when told to', () => {
    const cpus = fc.uniqueArray(fc.nat(63), { minLength: 1, maxLength: 16 });
    fc.assert(
      fc.property(cpus, fc.boolean(), (allowed, goesFirst) => {
        const { load, harness, helpers, system, shared } = placeCpus(allowed, AUTO, { goesFirst });
        for (const role of [load, harness, helpers, system]) {
          assert.ok(role.length > 0);
          for (const cpu of role) assert.ok(allowed.includes(cpu));
        }
        assert.equal(shared, allowed.length === 1);
        assert.equal(
          load.some((cpu) => system.includes(cpu)),
          shared,
        );
        if (allowed.length >= 2) assert.ok(!helpers.some((cpu) => system.includes(cpu)));
        if (allowed.length >= 4) assert.deepEqual(harness, helpers);
        assert.equal(new Set([...load, ...harness, ...system]).size, allowed.length);
      }),
    );
  });

  test('a processor that may not be used is refused before the run', () => {
    assert.throws(() => placeCpus([0, 1], { load: [5], system: 'auto' }, { goesFirst: true }), {
      kind: 'preflight',
      code: 'PLACEMENT',
      message: /names processor 5; this process may use 0, 1/,
    });
    assert.throws(() => placeCpus([], AUTO, { goesFirst: true }), { kind: 'preflight' });
  });
});
