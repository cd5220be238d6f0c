import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { initHistograms } from '../../src/metrics/index.ts';
import type { RunRecord } from '../../src/record/index.ts';
import { answer, summarize } from '../../src/summary/index.ts';
import { type HandPlan, type HandTrial, handRecord, usage } from '../support/hand.ts';
import { DIRECT, OUTBOUND, type SyntheticOptions, syntheticRecord } from '../support/record.ts';
import { tookAtMost } from '../support/timing.ts';

before(initHistograms);

const US = 1000;
/** The calm machine of these tests: no doubt arises but those that a test is about. */
const CALM = { usage: usage({ 'server.app': { cpuMs: 700, rssMb: 50 } }) };

function record(
  blocks: number,
  of: (block: number) => readonly [number, number],
  plan: HandPlan = {},
  more: Partial<HandTrial> = {},
): RunRecord {
  const trials = Array.from({ length: blocks }, (_, block) => of(block)).flatMap(
    ([direct, outbound], block): HandTrial[] => [
      { ...CALM, block, variant: 'direct', response: Array<number>(1000).fill(direct) },
      { ...CALM, block, variant: 'outbound', response: Array<number>(1000).fill(outbound), ...more },
    ],
  );
  return handRecord(trials, plan);
}

/** 100 of 380 ms of the system's, and the tick that is not counted. */
const STOLEN = { busyByCpuNs: { 1: 270e6 }, stealByCpuNs: { 1: 110e6 } };

const slower = (block: number) => [63 * US + block, 155 * US + block] as const;
const noisy = (block: number) => [100 * US, (block % 2 === 0 ? 110 : 94) * US + block] as const;
const ended = (how: 'interrupted' | 'time-limit' | 'component-failed', reason: string) => {
  return { type: 'end', endedAt: '2026-01-01T00:01:00.000Z', how, reason } as const;
};

function throttledUsage(name: string): typeof CALM.usage {
  const whole = usage({ 'server.app': { cpuMs: 700, rssMb: 50 }, 'client.envoy': { cpuMs: 10, rssMb: 60 } });
  const component = whole.components[name];
  assert.ok(component !== undefined);
  const throttling = { periods: 10, throttledPeriods: 3, throttledNs: 120e6 };
  return { ...whole, components: { ...whole.components, [name]: { ...component, throttling } } };
}

describe('the answer', () => {
  for (const [what, made, expected] of [
    [
      'a hop that costs something',
      () => record(6, slower),
      'outbound adds 92.0 µs to p50 (92.0 µs … 92.0 µs, 96.9 % interval, 6 blocks): 63.0 µs → 155 µs, ×2.46.',
    ],
    [
      'a hop that is faster',
      () => record(6, (block) => [(block === 4 ? 143 : 155) * US, 63 * US]),
      'outbound takes 92.0 µs off p50 (80.1 µs … 92.0 µs, 96.9 % interval, 6 blocks): 155 µs → 63.0 µs, ×0.41.',
    ],
    [
      'a hop that makes no difference',
      () => record(8, (block) => [100 * US, 101 * US + block]),
      'outbound makes no difference to p50 that counts: +1.02 µs (1.02 µs … 1.02 µs, 96.1 % interval, 8 blocks): 100 µs → 101 µs.',
    ],
    [
      'a run that is too noisy',
      () => record(6, (block) => [100 * US, (block % 2 === 0 ? 150 : 70) * US]),
      /^Whether outbound changes p50 cannot be told: \+9\.98 µs \(−30\.0 µs … 50\.0 µs, 96\.9 % interval, 6 blocks\): 100 µs → 110 µs\.$/u,
    ],
    [
      'a quick run',
      () => record(2, slower, { mode: 'quick', blocks: 2 }),
      'outbound against direct: p50 63.0 µs → 155 µs (medians of 2 blocks). A quick run proves nothing: no interval, no claim.',
    ],
    [
      'a run of four blocks',
      () => record(4, slower, { blocks: 4 }),
      'outbound against direct: p50 63.0 µs → 155 µs (medians of 4 blocks). Under 6 blocks there is no interval, so no claim.',
    ],
    ['a run without a whole block', () => handRecord([]), 'No block was measured to its end: there is no answer.'],
    [
      'a candidate of which nothing succeeded',
      () => record(6, slower, {}, { response: [], outcomes: { connection: 9 } }),
      'Nothing can be said about outbound against direct: responseNs.p50 is missing in 6 of 6 blocks, and not by chance.',
    ],
    [
      'an overloaded candidate',
      () => record(6, slower, {}, { outcomes: { ok: 1000, unsent: 5 } }),
      /^outbound adds .* ×2\.46\. But outbound was overloaded, so this depends on how long it was measured\.$/u,
    ],
    [
      'a single variant',
      () =>
        handRecord(
          [1, 2, 3].map((block) => ({ block, variant: 'direct', response: [50 * US, 60 * US, 900 * US] })),
          { variants: [{ name: 'direct' }] },
        ),
      'direct answers within 60.0 µs at p50 and 900 µs at p99 at 3/s (3 trials).',
    ],
    [
      'a single variant of which nothing succeeded',
      () =>
        handRecord([{ block: 1, variant: 'direct', response: [], outcomes: { timeout: 1 } }], {
          variants: [{ name: 'direct' }],
        }),
      'direct: no response time can be given, no request succeeded in 1 of 1 trial.',
    ],
  ] as const) {
    test(`of ${what}`, () => {
      const text = answer(summarize(made()));
      if (typeof expected === 'string') assert.equal(text, expected);
      else assert.match(text, expected);
    });
  }

  test('of many variants tells how they ended and the range', () => {
    const variants = ['direct', 'a', 'b', 'c'].map((name) => ({ name }));
    const times = { direct: 100, a: 300, b: 100, c: 200 };
    const trials = (blocks: number) =>
      Array.from({ length: blocks }, (_, block) => block).flatMap((block) =>
        Object.entries(times).map(([variant, ns]): HandTrial => ({ block, variant, response: [ns] })),
      );
    assert.equal(
      answer(summarize(handRecord(trials(6), { variants }))),
      'Of 3 variants 2 add to p50 and 1 makes no difference to p50 that counts. The differences go from 0 ns (b, 0 ns … 0 ns) to 200 ns (a, 200 ns … 200 ns), 96.9 % interval, 6 blocks.',
    );
    assert.equal(
      answer(summarize(handRecord(trials(3), { variants }))),
      'No claim about any of 3 comparisons: 3 blocks cannot give an interval.',
    );
    const silent = trials(6).map((trial) => ({ ...trial, response: [], outcomes: { status: 1 } }));
    assert.equal(
      answer(summarize(handRecord(silent, { variants }))),
      'No claim about any of 3 comparisons: responseNs.p50 is missing in 6 of 6 blocks, and not by chance.',
      'it is not the number of blocks',
    );
  });
});

describe('doubts', () => {
  test('do not arise about a calm run', () => assert.deepEqual(summarize(record(6, slower)).doubts, []));

  for (const [what, made, expected] of [
    [
      'an interrupted run',
      () => record(3, slower, { end: ended('interrupted', 'Ctrl-C was pressed.') }),
      /^The run ended early, after 3 of 6 blocks: Ctrl-C was pressed\.$/u,
    ],
    [
      'a killed run',
      () => record(3, slower, { end: undefined }),
      /^The run ended early, after 3 of 6 blocks: its record has no closing line\.$/u,
    ],
    [
      'a damaged record',
      () => record(6, slower, { damage: ['Line 9 is cut off.'] }),
      /^The record is damaged: Line 9 is cut off\.$/u,
    ],
    ['a quick run', () => record(6, slower, { mode: 'quick' }), /^Quick mode/u],
    ['few blocks', () => record(1, slower, { blocks: 1 }), /^Only 1 whole block: under 6/u],
    [
      'an overload',
      () => record(6, slower, {}, { outcomes: { ok: 900, unsent: 100 }, planned: 1000 }),
      /^outbound was overloaded: it answered 900\/s of 100\/s offered, and 600 requests never left\./u,
    ],
    [
      'errors',
      () => record(6, slower, {}, { outcomes: { ok: 999, status: 1 } }),
      /^outbound: 6 of 6,000 requests did not succeed \(status 6\); latencies are those of the others\.$/u,
    ],
    [
      'requests that are not accounted for',
      () => record(6, slower, {}, { planned: 1001 }),
      /^outbound: 6 of 6,006 requests did not succeed \(unaccounted for\)/u,
    ],
    [
      'shared processors',
      () => record(6, slower, { fingerprint: { 'placement.shared': true, 'placement.system': '0' } }),
      /^Load and system shared processors/u,
    ],
    [
      'a late loop',
      () => record(6, slower, {}, { releaseLag: Array<number>(1000).fill(301 * US) }),
      /^Our own loop released requests of outbound late, over 300 µs at p99 in a trial\.$/u,
    ],
    [
      'steal',
      () => record(6, slower, {}, { usage: { ...CALM.usage, machine: { ...CALM.usage.machine, ...STOLEN } } }),
      /^While outbound was measured the hypervisor took up to 26\.3 % of the time in which a processor had work: tails include it\.$/u,
    ],
    [
      'a busy application',
      () => record(6, slower, {}, { usage: usage({ 'server.app': { cpuMs: 810, rssMb: 50 } }) }),
      /^server\.app was busy for 81\.0 % of one core in outbound: it may be what was measured\.$/u,
    ],
    [
      'a system near its knee',
      () =>
        record(
          6,
          slower,
          {},
          { usage: usage({ 'server.app': { cpuMs: 450, rssMb: 50 }, 'client.envoy': { cpuMs: 480, rssMb: 70 } }) },
        ),
      /^The system's processors were busy for up to 93\.0 % of the time with outbound: near the knee most of a latency is queueing\./u,
    ],
    [
      'noise',
      () => record(6, noisy),
      /^Too noisy to tell, with a tolerance of 5\.00 %: responseNs\.p50 of outbound, .* from \d+\.\d+ % on/u,
    ],
    [
      'a difference that is known to ±20 % after 6 blocks',
      () => record(6, (block) => [100 * US, (108 + 0.8 * (block % 6)) * US]),
      /^The difference of outbound in p50 is known to no better than ±15\.0 %: that needs about 5 more blocks as noisy as these \(--trials 11\)\.$/u,
    ],
    [
      'a difference that is lost in noise',
      () => record(6, (block) => [100 * US, (block % 2 === 0 ? 150 : 51) * US]),
      /^The difference of outbound in p50 is known to no better than ±15\.0 %: that would need more than 2,000 blocks as noisy as these\.$/u,
    ],
    [
      'an unstable tail',
      () => record(6, (block) => [63 * US, (block === 3 ? 400 : 155) * US]),
      /^The p99 of outbound went from 155 µs to 400 µs between trials/u,
    ],
    [
      'a component that no setting limits, and that was throttled',
      () => record(6, slower, {}, { usage: throttledUsage('server.app') }),
      /^server\.app was throttled in 30\.0 % of its periods in outbound, and no setting limits it: something around the run does\.$/u,
    ],
    [
      'a sidecar that was throttled without a limit of its own',
      () => record(6, slower, {}, { usage: throttledUsage('client.envoy') }),
      /^client\.envoy was throttled in 30\.0 % of its periods in outbound/u,
    ],
    [
      'a thin tail',
      () => record(6, slower, {}, { response: Array<number>(999).fill(155 * US) }),
      /^The p99 of outbound rests on fewer than ten requests a trial/u,
    ],
    [
      'a short warm-up',
      () => record(6, slower, { variants: [{ name: 'direct', warmupNs: 999e6 }, { name: 'outbound' }] }),
      /^The warm-up of direct was shorter than 1\.00 s/u,
    ],
    [
      'processors that sleep',
      () => record(6, slower, { fingerprint: { 'placement.system': '1,2' } }),
      /^The system's processors were busy for at most 35\.0 % of the time. They sleep/u,
    ],
    [
      'processors that are kept awake',
      () => record(6, slower, { fingerprint: { 'placement.system': '1,2', 'scheduling.awake': true } }),
      /^The system's processors were kept awake and busy for at most 35\.0 % of the time/u,
    ],
  ] as const) {
    test(`arise about ${what}`, () => {
      const { doubts } = summarize(made());
      assert.ok(
        doubts.some((doubt) => expected.test(doubt)),
        JSON.stringify(doubts, undefined, 1),
      );
    });
  }

  test('tell of several unstable tails in one sentence, with the worst of them', () => {
    const tails = { direct: [100, 300], a: [100, 150], b: [100, 900] };
    const trials = [0, 1, 2, 3, 4, 5].flatMap((block) =>
      Object.entries(tails).map(([variant, [calm = 0, disturbed = 0]]): HandTrial => {
        return { ...CALM, block, variant, response: Array<number>(1000).fill((block === 3 ? disturbed : calm) * US) };
      }),
    );
    const variants = Object.keys(tails).map((name) => ({ name }));
    const told = summarize(handRecord(trials, { variants })).doubts.filter((doubt) => doubt.startsWith('The p99 of'));
    assert.deepEqual(told, [
      'The p99 of direct and b differed between trials by more than a factor of 2, most that of b, from 100 µs to 900 µs: ' +
        'something disturbed some of them.',
    ]);
  });

  test('tell in one sentence how many more blocks several variants need: as many as the vaguest', () => {
    const trials = Array.from({ length: 6 }, (_, block) => block).flatMap((block): HandTrial[] => {
      const of = (variant: string, us: number): HandTrial => {
        return { ...CALM, block, variant, response: Array<number>(1000).fill(us * US) };
      };
      const sides = [-1, -0.5, 0, 0, 0.5, 1][block] ?? 0;
      return [of('direct', 100), of('a', 110 + 2 * sides), of('b', 110 + 2.9 * sides), of('c', 110 + 0.1 * sides)];
    });
    const variants = ['direct', 'a', 'b', 'c'].map((name) => ({ name }));
    const vague = summarize(handRecord(trials, { variants })).doubts.filter((doubt) =>
      doubt.includes('known to no better'),
    );
    assert.deepEqual(vague, [
      'The differences of a and b in p50 are known to no better than ±15.0 %: that needs about 17 more blocks as noisy as these (--trials 23).',
    ]);
  });
});

describe('a summary', () => {
  const options: readonly SyntheticOptions[] = [
    {},
    { blocks: 12, vetoedIn: [0, 5], errors: true, events: true },
    { blocks: 2, quick: true, incomplete: true, end: 'interrupted' },
    { blocks: 0, end: 'component-failed' },
    { variants: [DIRECT, { ...OUTBOUND, capacity: 0.5 }], end: 'killed', damage: ['Line 3 is cut off.'] },
    { variants: [DIRECT], thresholds: [{ metric: 'errors', below: '1%' }] },
  ];

  test('survives JSON: it holds no number that JSON does not', async () => {
    for (const option of options) {
      const summary = summarize(await syntheticRecord(option));
      assert.deepEqual(JSON.parse(JSON.stringify(summary)), summary);
      assert.ok(answer(summary).length > 20);
    }
  });

  test('is the same whatever the order of the trials in the record', async () => {
    const made = await syntheticRecord({ errors: true });
    assert.deepEqual(summarize({ ...made, trials: made.trials.toReversed() }), summarize(made));
  });

  test('finds what a synthetic run was made of', async () => {
    const summary = summarize(await syntheticRecord({ blocks: 12, rate: 1000 }));
    const [hop] = summary.comparisons;
    assert.ok(hop?.difference !== null && hop?.difference !== undefined);
    assert.ok(hop.difference.lower < 92_000 && 92_000 < hop.difference.upper, JSON.stringify(hop));
    assert.equal(hop.conclusion, 'worse');
    assert.deepEqual([summary.verdict, summary.ended, summary.blocks.measured], ['none', 'complete', 12]);
  });

  test('of a system that answers half of what it is offered says so', async () => {
    const variants = [DIRECT, { ...OUTBOUND, capacity: 0.5 }];
    const [direct, outbound] = summarize(await syntheticRecord({ variants, seconds: 4 })).variants;
    assert.deepEqual([direct?.overloaded, outbound?.overloaded], [false, true]);
    assert.ok(Math.abs((outbound?.achievedRate ?? 0) / 250 - 1) < 0.02, `${outbound?.achievedRate}`);
  });

  test('of 12 trials takes well under a second', async (t) => {
    const made = await syntheticRecord({ seconds: 5, rate: 2000 });
    const started = performance.now();
    summarize(made);
    tookAtMost(t, 500, performance.now() - started);
  });
});
