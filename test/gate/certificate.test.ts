import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Attempt, CHECK_LIMITS, type Check, certificateResult, judgeCheck } from '../../src/gate/index.ts';
import { CHECKS } from '../../src/record/index.ts';

const GOOD: Attempt = { value: 60_000 };
const BAD: Attempt = { value: 900_000 };
const STORM: Attempt = { value: 900_000, weather: 'the hypervisor took 12.0 % of the processors meanwhile' };
const NEIGHBOUR: Attempt = { value: 900_000, cause: 'on its processor 0 ran sh (process 12, 50 %)' };
const MISSING: Attempt = { value: null };

describe('a check of calibration', () => {
  for (const [what, attempts, result, text] of [
    ['holds at once', [GOOD], 'held', /60\.0 µs$/u],
    ['holds the second time', [BAD, GOOD], 'held', /60\.0 µs$/u],
    ['holds in bad weather', [{ ...GOOD, weather: 'rain' }], 'held', /60\.0 µs$/u],
    ['fails on a calm machine', [BAD, BAD], 'failed', /900 µs, limit 500 µs$/u],
    ['fails with its reason', [NEIGHBOUR], 'failed', /limit 500 µs; on its processor 0 ran sh \(process 12, 50 %\)$/u],
    ['fails where one attempt was calm', [BAD, STORM], 'failed', /limit 500 µs$/u],
    ['cannot be judged in a storm', [STORM, STORM], 'not-judged', /limit 500 µs, but the hypervisor took 12\.0 %/u],
    ['cannot be judged unmeasured', [MISSING], 'not-judged', /not measured$/u],
    ['cannot be judged without an attempt', [], 'not-judged', /not measured$/u],
    ['cannot be judged by no number', [{ value: Number.NaN }], 'not-judged', /not measured$/u],
  ] as const) {
    test(what, () => {
      const check = judgeCheck('floor', attempts);
      assert.equal(check.result, result);
      assert.match(check.text, text);
      assert.equal(check.attempts, attempts.length);
      assert.equal(check.limit, CHECK_LIMITS.floor);
    });
  }

  test('of capacity holds from its limit on', () => {
    assert.equal(judgeCheck('capacity', [{ value: 2500 }], 2500).result, 'held');
    assert.equal(judgeCheck('capacity', [{ value: 2499 }], 2500).result, 'failed');
  });

  test('never holds without a value within its limit, whatever else there is', () => {
    const attempt = fc.record({
      value: fc.option(fc.double({ min: 0, max: 1e9 })),
      weather: fc.option(fc.constant('rain'), { nil: undefined }),
      cause: fc.option(fc.constant('sh'), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.constantFrom(...CHECKS), fc.array(attempt, { maxLength: 4 }), (check, attempts) => {
        const judged = judgeCheck(check, attempts);
        const within = attempts.some(({ value }) => {
          if (value === null || Number.isNaN(value)) return false;
          return check === 'capacity' ? value >= judged.limit : value <= judged.limit;
        });
        assert.equal(judged.result === 'held', within);
        if (judged.result === 'failed') assert.ok(attempts.some(({ weather }) => weather === undefined));
      }),
    );
  });
});

describe('a certificate', () => {
  const check = (result: Check['result']): Check => ({ ...judgeCheck('floor', [GOOD]), result });
  for (const [results, expected] of [
    [['held', 'held'], 'held'],
    [['held', 'not-judged'], 'not-judged'],
    [['not-judged', 'failed'], 'failed'],
    [[], 'not-judged'],
  ] as const) {
    test(`of checks that are ${results.join(' and ') || 'missing'} is ${expected}`, () => {
      assert.equal(certificateResult({ checks: results.map(check) }), expected);
    });
  }
});
