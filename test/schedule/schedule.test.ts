import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { countWithin, openSchedule, type ScheduleSpec, type Shape } from '../../src/schedule/index.ts';
import { fromSeconds, nanos, perSecond } from '../../src/units/index.ts';
import { tookAtMost } from '../support/timing.ts';

const WHOLE = { index: 0, of: 1 };

type Even = Extract<ScheduleSpec, { kind: 'constant' | 'poisson' }>;

function spec(part: Partial<Even>): Even {
  return { kind: 'constant', rate: perSecond(1000), horizon: fromSeconds(1), seed: 1, slice: WHOLE, ...part };
}

function instants(one: ScheduleSpec): readonly number[] {
  const cursor = openSchedule(one);
  const result: number[] = [];
  for (let instant = cursor.next(); instant !== Number.POSITIVE_INFINITY; instant = cursor.next()) result.push(instant);
  assert.equal(cursor.next(), Number.POSITIVE_INFINITY, 'the end stays the end');
  return result;
}

/** Even ones with some thousands of requests at most. */
const even: fc.Arbitrary<ScheduleSpec> = fc
  .record({
    kind: fc.constantFrom('constant' as const, 'poisson' as const),
    rate: fc.oneof(fc.integer({ min: 1, max: 1_000_000 }), fc.double({ min: 0.001, max: 5000, noNaN: true })),
    requests: fc.double({ min: 0, max: 2000, noNaN: true }),
    seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  })
  .map(({ kind, rate, requests, seed }) =>
    spec({ kind, rate: perSecond(rate), horizon: nanos(Math.round((requests * 1e9) / rate)), seed }),
  );

const rates = fc.oneof(fc.constant(0), fc.double({ min: 0.5, max: 5000, noNaN: true })).map(perSecond);
const spans = fc.integer({ min: 1e6, max: 4e8 }).map(nanos);

const shapes: fc.Arbitrary<Shape> = fc.oneof(
  fc.record({ kind: fc.constant('ramp' as const), from: rates, to: rates, span: spans }),
  fc.record({
    kind: fc.constant('steps' as const),
    rates: fc.array(rates, { minLength: 1, maxLength: 6 }),
    span: spans,
  }),
  fc.record({ kind: fc.constant('bursts' as const), every: spans }),
  fc.record({ kind: fc.constant('onOff' as const), on: spans, off: spans }),
  fc.record({
    kind: fc.constant('replay' as const),
    instants: fc.array(fc.nat(1e9), { maxLength: 200 }).map((instants) => instants.toSorted((a, b) => a - b)),
  }),
);

/** Shapes behind a warm-up, with a horizon that may cut them or lie beyond them. */
const shaped: fc.Arbitrary<ScheduleSpec> = fc
  .record({
    shape: shapes,
    rate: fc.double({ min: 0.5, max: 5000, noNaN: true }).map(perSecond),
    start: fc.integer({ min: 0, max: 2e8 }).map(nanos),
    length: fc.integer({ min: 0, max: 6e8 }),
  })
  .map(({ shape, rate, start, length }) => {
    return { ...shape, rate, start, horizon: nanos(start + length), seed: 0, slice: WHOLE };
  });

const specs = fc.oneof(even, shaped);

describe('when requests are due', () => {
  const table: readonly (readonly [rate: number, index: number, ns: number])[] = [
    [1000, 0, 0],
    [1000, 1, 1e6],
    [3, 1, 1e9 / 3],
    [3, 3, 1e9],
    [0.5, 4, 8e9],
    [1e6, 999_999, 999_999_000],
  ];
  for (const [rate, index, ns] of table) {
    test(`at ${rate}/s request ${index} is due at ${ns} ns`, () => {
      const horizon = nanos(ns + 1);
      assert.equal(instants(spec({ rate: perSecond(rate), horizon })).at(index), ns);
    });
  }

  test('a constant schedule does not drift: the last of an hour at 3/s is a third of a second before its end', () => {
    const last = instants(spec({ rate: perSecond(3), horizon: fromSeconds(3600) })).at(-1) ?? 0;
    assert.equal(last, (10_799 * 1e9) / 3);
  });

  test('the horizon itself is not due', () => {
    assert.deepEqual(instants(spec({ horizon: nanos(3e6) })), [0, 1e6, 2e6]);
    assert.deepEqual(instants(spec({ horizon: nanos(3e6 + 1) })), [0, 1e6, 2e6, 3e6]);
    assert.deepEqual(instants(spec({ horizon: nanos(0) })), []);
  });

  test('instants never go back, stay within the horizon, and come the same again', () => {
    fc.assert(
      fc.property(specs, (one) => {
        const all = instants(one);
        assert.deepEqual(instants(one), all);
        for (const [index, instant] of all.entries()) {
          assert.ok(instant >= (all[index - 1] ?? 0) && instant < one.horizon);
        }
      }),
    );
  });

  test('the slices of any number of agents make up the whole, each in order', () => {
    fc.assert(
      fc.property(specs, fc.integer({ min: 1, max: 9 }), (one, of) => {
        const whole = instants(one);
        const slices = Array.from({ length: of }, (_, index) => instants({ ...one, slice: { index, of } }));
        for (const [index, slice] of slices.entries()) {
          assert.deepEqual(
            slice,
            whole.filter((_, position) => position % of === index),
          );
        }
      }),
    );
  });

  test('counting agrees with walking, for any span and slice', () => {
    const parts = fc.tuple(fc.double({ min: 0, max: 1.2, noNaN: true }), fc.double({ min: 0, max: 1.2, noNaN: true }));
    fc.assert(
      fc.property(specs, parts, fc.integer({ min: 1, max: 5 }), fc.nat(4), (one, [a, b], of, index) => {
        const sliced = { ...one, slice: { index: index % of, of } };
        const [from, until] = [nanos(a * one.horizon), nanos(b * one.horizon)];
        const walked = instants(sliced).filter((instant) => instant >= from && instant < until).length;
        assert.equal(countWithin(sliced, from, until), walked);
      }),
    );
  });

  test('counting agrees with walking where a span begins or ends exactly at a request', () => {
    fc.assert(
      fc.property(specs, fc.nat(2000), fc.nat(2000), (one, i, j) => {
        const all = instants(one);
        const [from, until] = [all[i], all[j]];
        if (from === undefined || until === undefined) return;
        // Walking says what is right: requests may share an instant in a random schedule.
        const walked = all.filter((instant) => instant >= from && instant < until).length;
        assert.equal(countWithin(one, nanos(from), nanos(until)), walked);
        if (one.kind === 'constant' && i <= j) assert.equal(walked, j - i);
      }),
    );
  });

  test('counting a billion requests takes no time', (t) => {
    const start = performance.now();
    const one = spec({ rate: perSecond(1e6), horizon: fromSeconds(1000) });
    assert.equal(countWithin(one, nanos(0), fromSeconds(1000)), 1e9);
    assert.equal(countWithin(one, fromSeconds(1), fromSeconds(2)), 1e6);
    tookAtMost(t, 50, performance.now() - start);
  });
});

describe('a random schedule', () => {
  const all = instants(spec({ kind: 'poisson', rate: perSecond(1000), horizon: fromSeconds(100), seed: 7 }));
  const gaps = all.map((instant, index) => instant - (all[index - 1] ?? 0));

  test('has as many requests as its rate says, within five standard deviations', () => {
    assert.ok(Math.abs(all.length - 100_000) < 5 * Math.sqrt(100_000), `${all.length}`);
  });

  test('has exponential gaps: their mean and spread are equal, and e⁻¹ of them are above it', () => {
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    const spread = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length);
    const above = gaps.filter((gap) => gap > mean).length / gaps.length;
    assert.ok(Math.abs(mean / 1e6 - 1) < 0.02, `mean ${mean}`);
    assert.ok(Math.abs(spread / mean - 1) < 0.03, `spread ${spread}`);
    assert.ok(Math.abs(above - Math.exp(-1)) < 0.01, `above ${above}`);
  });

  test('has independent gaps: neighbours are not correlated', () => {
    const pairs = gaps.slice(1).map((gap, index) => (gap - 1e6) * ((gaps[index] ?? 0) - 1e6));
    const correlation = pairs.reduce((sum, pair) => sum + pair, 0) / pairs.length / 1e12;
    assert.ok(Math.abs(correlation) < 5 / Math.sqrt(pairs.length), `correlation ${correlation}`);
  });

  test('is another one with another seed', () => {
    const other = instants(spec({ kind: 'poisson', rate: perSecond(1000), horizon: fromSeconds(1), seed: 8 }));
    assert.notDeepEqual(other.slice(0, 5), all.slice(0, 5));
  });
});

describe('a schedule with a shape', () => {
  const whole = (shape: Shape, rate = 100, length = 1e9): readonly number[] =>
    instants({ ...shape, rate: perSecond(rate), start: nanos(0), horizon: nanos(length), seed: 0, slice: WHOLE });
  const within = (all: readonly number[], from: number, until: number): number =>
    all.filter((instant) => instant >= from && instant < until).length;

  test('a ramp holds the integral of its rate, up and down, and in every part of it', () => {
    fc.assert(
      fc.property(rates, rates, spans, fc.double({ min: 0, max: 1, noNaN: true }), (from, to, span, share) => {
        const all = whole({ kind: 'ramp', from, to, span }, 1, span);
        const integral = (at: number): number => (span / 1e9) * (from * at + ((to - from) * at * at) / 2);
        const near = (count: number, exact: number): void =>
          assert.ok(count >= Math.ceil(exact - 1e-6) && count <= Math.ceil(exact + 1e-6), `${count}, not ${exact}`);
        near(all.length, integral(1));
        near(within(all, 0, share * span), integral(share));
      }),
    );
  });

  test('a ramp from nothing: the k-th is due at the root of k', () => {
    const all = whole({ kind: 'ramp', from: perSecond(0), to: perSecond(200), span: nanos(1e9) });
    assert.equal(all.length, 100);
    for (const [k, instant] of all.entries()) assert.ok(Math.abs(instant - Math.sqrt(k / 100) * 1e9) < 1, `${k}`);
  });

  test('steps hold their rate each, a pause among them', () => {
    const steps = [100, 0, 400].map(perSecond);
    const all = whole({ kind: 'steps', rates: steps, span: nanos(3e9) }, 1, 3e9);
    assert.deepEqual([within(all, 0, 1e9), within(all, 1e9, 2e9), within(all, 2e9, 3e9)], [100, 0, 400]);
    assert.ok(Math.abs((all[101] ?? 0) - (all[100] ?? 0) - 2.5e6) < 1);
  });

  test('bursts come at once, and differ by one where the rate does not divide', () => {
    const all = whole({ kind: 'bursts', every: nanos(1e8) }, 25);
    const sizes = Array.from({ length: 10 }, (_, burst) => all.filter((instant) => instant === burst * 1e8).length);
    assert.deepEqual(sizes, [3, 2, 3, 2, 3, 2, 3, 2, 3, 2]);
  });

  test('on and off: all of a cycle in its first part, evenly', () => {
    const all = whole({ kind: 'onOff', on: nanos(1e8), off: nanos(3e8) }, 50, 8e8);
    assert.equal(all.length, 40);
    assert.equal(within(all, 0, 1e8), 20);
    assert.equal(within(all, 1e8, 4e8), 0);
    assert.ok(Math.abs((all[1] ?? 0) - 5e6) < 1);
  });

  test('a replay is due as it says', () => {
    assert.deepEqual(whole({ kind: 'replay', instants: [0, 5, 5, 2e9] }), [0, 5, 5]);
  });

  test('the warm-up before it is even, at the rate', () => {
    const spec = { kind: 'bursts', every: nanos(1e9), rate: perSecond(10), start: nanos(1e9) } as const;
    const all = instants({ ...spec, horizon: nanos(2e9), seed: 0, slice: WHOLE });
    assert.deepEqual(all.slice(0, 3), [0, 1e8, 2e8]);
    assert.equal(within(all, 0, 1e9), 10);
    assert.deepEqual(all.slice(10), Array<number>(10).fill(1e9));
  });
});
