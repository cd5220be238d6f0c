import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { countWithin, openSchedule, type ScheduleSpec } from '../../src/schedule/index.ts';
import { fromSeconds, nanos, perSecond } from '../../src/units/index.ts';
import { tookAtMost } from '../support/timing.ts';

const WHOLE = { index: 0, of: 1 };

function spec(part: Partial<ScheduleSpec>): ScheduleSpec {
  return { kind: 'constant', rate: perSecond(1000), horizon: fromSeconds(1), seed: 1, slice: WHOLE, ...part };
}

function instants(one: ScheduleSpec): readonly number[] {
  const cursor = openSchedule(one);
  const result: number[] = [];
  for (let instant = cursor.next(); instant !== Number.POSITIVE_INFINITY; instant = cursor.next()) result.push(instant);
  assert.equal(cursor.next(), Number.POSITIVE_INFINITY, 'the end stays the end');
  return result;
}

/** Schedules with some thousands of requests at most. */
const specs: fc.Arbitrary<ScheduleSpec> = fc
  .record({
    kind: fc.constantFrom('constant' as const, 'poisson' as const),
    rate: fc.oneof(fc.integer({ min: 1, max: 1_000_000 }), fc.double({ min: 0.001, max: 5000, noNaN: true })),
    requests: fc.double({ min: 0, max: 2000, noNaN: true }),
    seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  })
  .map(({ kind, rate, requests, seed }) =>
    spec({ kind, rate: perSecond(rate), horizon: nanos(Math.round((requests * 1e9) / rate)), seed }),
  );

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
