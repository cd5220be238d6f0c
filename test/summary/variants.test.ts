import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { initHistograms } from '../../src/metrics/index.ts';
import type { RunRecord } from '../../src/record/index.ts';
import { summarize } from '../../src/summary/index.ts';
import { BenchError } from '../../src/units/index.ts';
import { counting, type HandTrial, handRecord, only } from '../support/hand.ts';

before(initHistograms);

describe('the blocks of a summary', () => {
  const direct = (block: number, vetoed = false): HandTrial => ({ block, variant: 'direct', response: [10], vetoed });
  const outbound = (block: number, vetoed = false): HandTrial => ({
    block,
    variant: 'outbound',
    response: [20],
    vetoed,
  });
  for (const [what, trials, counts] of [
    ['none', [], [0, 0, 0]],
    ['a whole one', [direct(0), outbound(0)], [1, 0, 0]],
    ['the trials in any order', [outbound(1), direct(0), direct(1), outbound(0)], [2, 0, 0]],
    ['one without a variant', [direct(0), outbound(0), direct(1)], [1, 0, 1]],
    ['a vetoed trial that was repeated', [direct(0, true), direct(0), outbound(0)], [1, 1, 0]],
    ['one repeated twice', [direct(0), outbound(0, true), outbound(0, true), outbound(0)], [1, 2, 0]],
    ['a vetoed trial that was not', [direct(0, true), outbound(0), direct(1), outbound(1)], [1, 1, 1]],
    ['vetoed trials alone', [direct(0, true), direct(0, true)], [0, 2, 1]],
  ] as const) {
    test(`with ${what}`, () => {
      const { blocks, trials: run, variants } = summarize(handRecord(trials));
      assert.deepEqual([blocks.measured, run.vetoed, blocks.incomplete], counts);
      assert.equal(run.measured, trials.length);
      assert.equal(blocks.planned, 6);
      for (const { trials: counted, requests } of variants)
        assert.deepEqual([counted, requests], [counts[0], counts[0]]);
    });
  }

  test('list what was vetoed, and nothing of a block that lacks a trial reaches a number', () => {
    const sound = [direct(1), outbound(1), direct(2), outbound(2)];
    const spoiled: HandTrial[] = [
      { ...direct(0), response: [2000] },
      { ...outbound(0, true), response: [1] },
    ];
    const summary = summarize(handRecord([...spoiled, ...sound]));
    assert.deepEqual(summary.vetoes, [{ block: 0, variant: 'outbound', signal: 'steal', text: 'Stolen.' }]);
    assert.deepEqual(
      summary.variants.map(({ responseNs }) => responseNs.max),
      [10, 20],
    );
    assert.deepEqual(summary.variants, summarize(handRecord(sound)).variants);
  });
});

describe('a variant', () => {
  test('sums counts, takes the median of quantiles and the largest maximum', () => {
    const variant = only([
      { response: [100, 200, 300], outcomes: { ok: 3, status: 1 }, versions: { v1: 2, v2: 1 } },
      { response: [110, 210, 900], versions: { v1: 3 } },
      { response: [130, 230, 330, 430], outcomes: { ok: 4, timeout: 2 } },
    ]);
    assert.equal(variant.trials, 3);
    assert.equal(variant.requests, 4 + 3 + 6);
    assert.equal(variant.errors, 1 + 0 + 2);
    assert.deepEqual(variant.outcomes, { ok: 10, status: 1, timeout: 2 });
    assert.deepEqual(variant.versions, { v1: 5, v2: 1 });
    assert.deepEqual(
      [variant.responseNs.p50, variant.responseNs.p90, variant.responseNs.p99, variant.responseNs.max],
      [210, 430, 430, 900],
    );
    assert.deepEqual(
      variant.perTrial.map(({ block, p50, p99 }) => [block, p50, p99]),
      [
        [0, 200, 300],
        [1, 210, 900],
        [2, 230, 430],
      ],
    );
  });

  test('has the mean of the two middle trials as its median', () => {
    const variant = only([{ response: [100] }, { response: [400] }, { response: [200] }, { response: [300] }]);
    assert.equal(variant.responseNs.p50, 250);
  });

  test('keeps the four latencies apart', () => {
    const variant = only([{ response: [1000], service: [700], queueWait: [250], releaseLag: [50] }]);
    const p50s = [variant.responseNs, variant.serviceNs, variant.queueWaitNs, variant.releaseLagNs].map(
      ({ p50 }) => p50,
    );
    assert.deepEqual(p50s, [1000, 700, 250, 50]);
  });

  for (const [counts, expected] of [
    [[10_000, 10_000], 9990],
    [[9999, 10_000], null],
    [[12_000, 9999], null],
  ] as const) {
    test(`with ${counts} requests in its trials has ${expected === null ? 'no' : 'a'} p99.9`, () => {
      const { responseNs } = only(counts.map((n) => ({ response: counting(n) })));
      if (expected === null) {
        assert.equal(responseNs.p999, null);
        assert.match(responseNs.reasons['p999'] ?? '', /10,000 requests in every trial, one had 9,999/u);
      } else {
        assert.ok(responseNs.p999 !== null && responseNs.p999 >= expected && responseNs.p999 < expected * 1.001);
        assert.deepEqual(responseNs.reasons, {});
      }
    });
  }

  test('in which nothing succeeded in a trial has no latencies, and says why', () => {
    const variant = only([{ response: [100] }, { response: [], outcomes: { connection: 5 }, releaseLag: [7] }]);
    assert.deepEqual([variant.responseNs.p50, variant.responseNs.max, variant.serviceNs.p99], [null, null, null]);
    assert.equal(variant.responseNs.reasons['p50'], 'no request succeeded in 1 of 2 trials');
    assert.equal(variant.queueWaitNs.reasons['p50'], 'no request was sent in 1 of 2 trials');
    assert.equal(variant.releaseLagNs.p50, 4);
    assert.deepEqual([variant.requests, variant.errors], [6, 5]);
  });

  test('that was never measured has nulls with reasons everywhere', () => {
    const variant = only([]);
    assert.deepEqual([variant.trials, variant.requests, variant.overloaded], [0, 0, false]);
    for (const quantiles of [variant.responseNs, variant.serviceNs, variant.queueWaitNs, variant.releaseLagNs]) {
      assertReasoned(quantiles);
      assert.equal(quantiles.p50, null);
    }
    assertReasoned({ ...variant.cpu.machine, ...variant.cpu });
    assert.deepEqual([variant.achievedRate, variant.readyNs], [null, null]);
    assertReasoned(variant);
  });

  test('takes its events and the longest time until ready from its trials', () => {
    const event = { action: 'pause', target: 'server.app', intended: 100, actual: 103 } as const;
    const variant = only([
      { response: [1], ready: { 'client.envoy': 300, 'server.app': 80 }, events: [event] },
      { response: [1], ready: { 'client.envoy': 200, 'server.app': 500 } },
    ]);
    assert.equal(variant.readyNs, 400);
    assert.deepEqual(variant.events, [
      { action: 'pause', target: 'server.app', intendedNs: 100, actualNs: 103, trial: 0 },
    ]);
  });
});

function assertReasoned<T extends { readonly reasons: Readonly<Record<string, string>> }>(object: T): void {
  const missing = Object.entries(object).filter(([, value]) => value === null);
  for (const [field] of missing)
    assert.ok((object.reasons[field] ?? '').length > 5, `${field} is null without a reason`);
}

describe('the achieved rate', () => {
  const ms = (value: number) => value * 1e6;
  const SECONDS = 10;
  for (const [what, trial, rate, overloaded] of [
    [
      'of a system that keeps up is what was offered',
      { planned: 1000, service: ms(1), within: { ok: 1000 }, after: {} },
      100,
      false,
    ],
    [
      'does not suffer from answers that take long: 50 of 1,000 are under way at the end of half-second answers',
      { planned: 1000, service: ms(500), within: { ok: 950 }, after: { ok: 50 } },
      100,
      false,
    ],
    [
      'leaves out what was answered only after the measurement',
      { planned: 1000, service: ms(1), within: { ok: 900 }, after: { ok: 100 } },
      90.01,
      true,
    ],
    [
      'is within one per cent of the offer where nearly all was answered',
      { planned: 1000, service: ms(1), within: { ok: 990 }, after: { ok: 10 } },
      99.01,
      false,
    ],
    [
      'counts refusals as answers',
      { planned: 1000, service: ms(1), within: { ok: 500, status: 500 }, after: {} },
      100,
      false,
    ],
    [
      'does not count resets, but they are no overload',
      { planned: 1000, service: ms(1), within: { ok: 950, connection: 50 }, after: {} },
      95,
      false,
    ],
    [
      'does not count time-outs, and many of them are an overload',
      { planned: 1000, service: ms(1), within: { ok: 950, timeout: 50 }, after: {} },
      95,
      true,
    ],
    [
      'shows an overload where requests never left',
      { planned: 1000, service: ms(1), within: { ok: 999, unsent: 1 }, after: {} },
      99.9,
      true,
    ],
    ['is 0 where nothing was answered', { planned: 1000, service: 0, within: { timeout: 1000 }, after: {} }, 0, true],
  ] as const) {
    test(what, () => {
      const hand = {
        response: [trial.service],
        planned: trial.planned,
        outcomes: add(trial.within, trial.after),
        intervals: [
          { second: 3, outcomes: trial.within },
          { second: SECONDS, outcomes: trial.after },
        ],
      };
      const variant = only([hand], SECONDS * 1e9);
      assert.ok(Math.abs((variant.achievedRate ?? -1) - rate) < 1e-3, `${variant.achievedRate}`);
      assert.equal(variant.overloaded, overloaded);
    });
  }

  test('does not have the rest of a second in which the measurement ends', () => {
    // 1,000 a second at most, offered 5,000 for 600 ms: the rest of the first second is drain.
    const rates = [
      { planned: 3000, outcomes: { ok: 3000 }, within: { ok: 1000 }, after: { ok: 2000 }, lastDone: 3 },
      { planned: 300, outcomes: { ok: 300 }, within: { ok: 300 }, after: {}, lastDone: 0.601 },
    ].map(({ within, after, lastDone, ...trial }) => {
      const intervals = [
        { second: 0, outcomes: within },
        { second: 1, outcomes: after },
      ];
      const hand = { response: [1], ...trial, intervals, lastDone: lastDone * 1e9 };
      const { achievedRate, overloaded } = only([hand], 0.6e9);
      return [Math.round(achievedRate ?? -1), overloaded];
    });
    assert.deepEqual(rates, [
      [1000, true],
      [499, false],
    ]);
  });

  test('is overloaded only where most trials are', () => {
    const unsent = { response: [1], outcomes: { ok: 1, unsent: 1 } };
    const fine = { response: [1] };
    assert.equal(only([unsent, fine]).overloaded, false);
    assert.equal(only([unsent, fine, unsent]).overloaded, true);
  });

  test('is missing, with its reason, where the seconds are missing', () => {
    const variant = only([{ response: [1], intervals: [] }]);
    assert.equal(variant.achievedRate, null);
    assert.match(variant.reasons['achievedRate'] ?? '', /intervals/u);
    assert.equal(variant.overloaded, false);
  });
});

function add(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): Record<string, number> {
  const sum: Record<string, number> = { ...a };
  for (const [name, count] of Object.entries(b)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}

describe('a damaged histogram', () => {
  const damage = (record: RunRecord, change: (load: RunRecord['trials'][number]['load']) => object): RunRecord => {
    const [first, ...rest] = record.trials;
    assert.ok(first !== undefined);
    return { ...record, trials: [{ ...first, load: { ...first.load, ...change(first.load) } }, ...rest] };
  };
  for (const [what, change, message] of [
    [
      'of a trial',
      (load: RunRecord['trials'][number]['load']) => ({ histograms: { ...load.histograms, service: 'AAAA' } }),
      /^Trial 0 \(block 0, service\): A histogram cannot be read/u,
    ],
    ['of reconnects', () => ({ reconnects: 'AAAA' }), /^Trial 0 \(block 0, reconnects\): A histogram cannot be read/u],
    [
      'of a second',
      (load: RunRecord['trials'][number]['load']) => ({
        intervals: load.intervals.map((interval) => ({
          ...interval,
          histograms: { ...interval.histograms, response: '' },
        })),
      }),
      /^Trial 0 \(block 0, response\): A histogram cannot be read/u,
    ],
  ] as const) {
    test(`${what} is refused by the name of the trial`, () => {
      const record = handRecord([{ block: 0, variant: 'direct', response: [1] }], { variants: [{ name: 'direct' }] });
      assert.throws(
        () => summarize(damage(record, change)),
        (error) => error instanceof BenchError && error.kind === 'usage' && message.test(error.message),
      );
    });
  }
});
