import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Decision, decide, holm, makePolicy, type Pair, type Pairs } from '../../src/verdict/index.ts';
import { count } from '../support/counts.ts';
import { NOISES, type Simulated, seeded, simulatedPairs } from './simulate.ts';

const POLICY = makePolicy(
  new Map([
    ['responseNs.p50', 0.1],
    ['cpuMsPer1k', 0.1],
  ]),
);

/** A stage as it goes on: look after look until one decides. */
function stage(pairs: Pairs, policy = POLICY): Decision {
  const decisions = policy.looks.map((look) => decide(policy, look, pairs));
  const [last] = decisions.slice(-1);
  const decided = decisions.find(({ state }) => state !== 'open') ?? last;
  assert.ok(decided !== undefined);
  return decided;
}

function with_(pairs: Pairs, metric: string, of: (block: number) => Pair): Pairs {
  return new Map([...pairs, [metric, Array.from({ length: 20 }, (_, block) => of(block))]]);
}

const NONE = simulatedPairs(seeded(1), { blocks: 20, spread: 0.01 });

describe('what a gate decides', () => {
  const cases: readonly (readonly [string, Pairs, Decision['state'], number, RegExp])[] = [
    ['no change', NONE, 'pass', 8, /certainly not worse/u],
    [
      'a regression of twice the tolerance',
      simulatedPairs(seeded(2), { blocks: 20, effect: 1.2 }),
      'regression',
      8,
      /certainly worse/u,
    ],
    [
      'a certain change below the tolerance',
      simulatedPairs(seeded(3), { blocks: 20, effect: 1.03, spread: 0.01 }),
      'pass',
      8,
      /certainly not worse/u,
    ],
    ['an improvement', simulatedPairs(seeded(4), { blocks: 20, effect: 0.7 }), 'pass', 8, /certainly better/u],
    ['noise far above the tolerance', simulatedPairs(seeded(5), { blocks: 20, spread: 0.6 }), 'open', 20, /too noisy/u],
    ['too few blocks for anything', simulatedPairs(seeded(6), { blocks: 3 }), 'open', 20, /./u],
    ['nothing at all', new Map(), 'open', 20, /no whole block/u],
    ['a candidate that fails every request', with_(NONE, 'errors', () => [0, 1]), 'regression', 8, /certainly worse/u],
    [
      'one failed request in a thousand blocks',
      with_(NONE, 'errors', (block) => [0, block === 3 ? 0.0001 : 0]),
      'pass',
      8,
      /certainly not worse/u,
    ],
    ['as many errors in both arms', with_(NONE, 'errors', () => [0.3, 0.3]), 'pass', 8, /certainly not worse/u],
    [
      'a candidate that does not keep up',
      with_(NONE, 'shortfall', () => [0, 0.2]),
      'regression',
      8,
      /certainly worse/u,
    ],
    [
      'a metric that is missing in one block',
      with_(NONE, 'cpuMsPer1k', (block) => [100, block === 5 ? null : 100]),
      'open',
      20,
      /missing in 1 blocks/u,
    ],
    ['a value of zero, of which there is no ratio', with_(NONE, 'cpuMsPer1k', () => [0, 5]), 'open', 20, /missing in/u],
  ];
  for (const [name, pairs, state, blocks, why] of cases) {
    test(`${name}: ${state}`, () => {
      const decision = stage(pairs);
      assert.equal(decision.state, state);
      assert.equal(decision.blocks, blocks);
      const telling = decision.findings.find((finding) => finding.state === state && why.test(finding.why));
      assert.ok(telling !== undefined, decision.findings.map((finding) => finding.why).join('; '));
    });
  }

  test('a difference below the guard is no regression, whatever its ratio', () => {
    const tiny = with_(NONE, 'responseNs.p50', (block) => [10_000, 14_000 + block]);
    assert.equal(stage(tiny).state, 'pass');
    const policy = makePolicy(new Map([['responseNs.p50', 0.1]]), { guardNs: 3000 });
    assert.equal(stage(tiny, policy).state, 'regression');
  });

  test('a pass has one test, that of the larger of tolerance and guard: two would be two chances', () => {
    // All differences are below the guard of 5 µs; by its ratio a third of the blocks is far above the tolerance.
    const pairs = with_(NONE, 'responseNs.p50', (block) => (block % 8 < 5 ? [100_000, 104_900] : [10_000, 14_900]));
    assert.equal(stage(pairs).state, 'open', 'a tenth of 100 µs is more than the guard');
    const fast = with_(NONE, 'responseNs.p50', () => [40_000, 44_900]);
    const [finding] = stage(fast).findings;
    assert.deepEqual([finding?.state, finding?.why], ['pass', 'certainly a smaller difference than the guard']);
  });

  test('the tolerance is what was configured: more noise never makes a regression a pass', () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const noisy = simulatedPairs(seeded(seed), { blocks: 20, effect: 1.3, spread: 0.3 });
      assert.notEqual(stage(noisy).state, 'pass', `seed ${seed}`);
    }
  });
});

describe('properties of a decision', () => {
  const ratio = fc.double({ min: 0.5, max: 2, noNaN: true });
  test('it does not depend on the unit, nor on the order of the blocks', () => {
    fc.assert(
      fc.property(
        fc.array(ratio, { minLength: 8, maxLength: 8 }),
        fc.double({ min: 1, max: 1000, noNaN: true }),
        (ratios, scale) => {
          const policy = makePolicy(new Map([['rssBytes', 0.1]]));
          const pairs = (values: readonly number[], unit: number): Pairs =>
            new Map([
              ['rssBytes', values.map((value) => [1e6 * unit, 1e6 * unit * value] as const)],
              ['errors', values.map(() => [0, 0] as const)],
              ['shortfall', values.map(() => [0, 0] as const)],
            ]);
          const [look] = policy.looks;
          assert.ok(look !== undefined);
          const { state } = decide(policy, look, pairs(ratios, 1));
          assert.equal(decide(policy, look, pairs([...ratios].reverse(), 1)).state, state);
          assert.equal(decide(policy, look, pairs(ratios, scale)).state, state);
        },
      ),
      { numRuns: count(100, 1000) },
    );
  });

  test('a look sees its own blocks alone: what comes later does not change it', () => {
    const [look] = POLICY.looks;
    assert.ok(look !== undefined);
    const long = simulatedPairs(seeded(9), { blocks: 20 });
    const short = new Map([...long].map(([metric, pairs]) => [metric, pairs.slice(0, look.blocks)]));
    assert.deepEqual(decide(POLICY, look, long), decide(POLICY, look, short));
  });

  test('the error budgets of the looks add up to 5 %, over however many scenarios', () => {
    for (const scenarios of [1, 2, 5]) {
      const { looks } = makePolicy(new Map(), { scenarios });
      const spent = looks.reduce((sum, { alpha }) => sum + alpha, 0);
      assert.ok(Math.abs(spent * scenarios - 0.05) < 1e-12);
    }
  });
});

describe("Holm's procedure", () => {
  for (const [probabilities, expected] of [
    [[], []],
    [[0.04], [true]],
    [[0.06], [false]],
    [
      [0.01, 0.04],
      [true, true],
    ],
    [
      [0.03, 0.04],
      [false, false],
    ],
    [
      [0.04, 0.01, 0.02],
      [true, true, true],
    ],
    [
      [0.9, 0.001, 0.03],
      [false, true, false],
    ],
  ] as const) {
    test(`rejects of [${probabilities}] at 5 %: [${expected}]`, () => {
      assert.deepEqual(holm(probabilities, 0.05), expected);
    });
  }
});

describe('error rates on simulated blocks, one stage', () => {
  const repeats = count(400, 4000);
  const rate = (options: Omit<Simulated, 'blocks'>, state: Decision['state']): number => {
    let found = 0;
    for (let seed = 1; seed <= repeats; seed += 1) {
      if (stage(simulatedPairs(seeded(seed), { blocks: 20, ...options })).state === state) found += 1;
    }
    return found / repeats;
  };
  for (const [name, noise] of Object.entries(NOISES)) {
    test(`${name}: without a change at most 5 % are called worse`, () => {
      for (const spread of [0.02, 0.08, 0.3]) {
        const alarms = rate({ noise, spread }, 'regression');
        assert.ok(alarms <= 0.05 + 3 * Math.sqrt((0.05 * 0.95) / repeats), `${alarms} at a spread of ${spread}`);
      }
    });

    test(`${name}: what is as bad as the tolerance passes in at most 5 %`, () => {
      for (const spread of [0.02, 0.08]) {
        const missed = rate({ noise, spread, effect: 1.1 }, 'pass');
        assert.ok(missed <= 0.05 + 3 * Math.sqrt((0.05 * 0.95) / repeats), `${missed} at a spread of ${spread}`);
      }
    });
  }

  test('what is as bad as tolerance and guard, which are the same, passes in at most 5 %', () => {
    const missed = rate({ spread: 0.02, effect: 1.1, base: 50_000 }, 'pass');
    assert.ok(missed <= 0.05 + 3 * Math.sqrt((0.05 * 0.95) / repeats), `${missed}`);
  });

  test('twice the tolerance is found at a spread of 4 %', () => {
    assert.ok(rate({ spread: 0.04, effect: 1.2 }, 'regression') >= 0.99);
  });
});
