import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  conclude,
  exitKind,
  type HarnessSignals,
  holdAgainst,
  judge,
  VETO_LIMITS,
  vetoes,
} from '../../src/gate/index.ts';
import type { RunEnd, ThresholdResult, Verdict } from '../../src/summary/index.ts';

import { certificateSummary } from '../support/certificate.ts';

const QUIET: HarnessSignals = {
  releaseLagP99Ns: 40_000,
  loopGapShare: 0.001,
  stealShare: 0,
  outsideCpuShare: 0.01,
  lostIntervals: 0,
};

describe('a veto', () => {
  test('is not raised by a harness and a machine that behave, nor exactly at the limits', () => {
    assert.deepEqual(vetoes(QUIET), []);
    const atLimits = {
      releaseLagP99Ns: VETO_LIMITS.releaseLag,
      loopGapShare: VETO_LIMITS.loopGaps,
      stealShare: VETO_LIMITS.steal,
      outsideCpuShare: VETO_LIMITS.outsideCpu,
      lostIntervals: VETO_LIMITS.lostIntervals,
    };
    assert.deepEqual(vetoes(atLimits), []);
  });

  for (const [signal, field, value, text] of [
    ['releaseLag', 'releaseLagP99Ns', 5_000_001, 'release lag of our own loop, p99: 5.00 ms, limit 5.00 ms'],
    ['releaseLag', 'releaseLagP99Ns', 12_345_678, 'release lag of our own loop, p99: 12.3 ms, limit 5.00 ms'],
    ['loopGaps', 'loopGapShare', 0.091, 'time in which our own loop stood still: 9.1 %, limit 8.0 %'],
    [
      'steal',
      'stealShare',
      0.5,
      "the hypervisor's share of the time in which processors had work: 50.0 %, limit 10.0 %",
    ],
    ['outsideCpu', 'outsideCpuShare', 0.11, "other tasks' share of the run's processors: 11.0 %, limit 10.0 %"],
    ['lostIntervals', 'lostIntervals', 1, 'requests by which the seconds and the total differ: 1, limit 0'],
  ] as const) {
    test(`is raised by ${field} = ${value}`, () => {
      const [veto, ...more] = vetoes({ ...QUIET, [field]: value });
      assert.deepEqual(more, []);
      assert.deepEqual([veto?.signal, veto?.value, veto?.limit], [signal, value, VETO_LIMITS[signal]]);
      assert.equal(veto?.text, text);
    });
  }

  for (const field of Object.keys(QUIET)) {
    test(`is raised where ${field} is missing`, () => {
      for (const missing of [null, Number.NaN, Number.POSITIVE_INFINITY]) {
        const raised = vetoes({ ...QUIET, [field]: missing });
        assert.equal(raised.length, 1);
        assert.equal(raised[0]?.value, null);
        assert.match(raised[0]?.text ?? '', /: not measured$/u);
      }
    });
  }

  test('names every signal that is above its limit', () => {
    const bad = { releaseLagP99Ns: 1e9, loopGapShare: 1, stealShare: 1, outsideCpuShare: 1, lostIntervals: 9 };
    assert.deepEqual(
      vetoes(bad).map(({ signal }) => signal),
      Object.keys(VETO_LIMITS),
    );
  });
});

describe('a conclusion', () => {
  for (const [lower, upper, tolerance, expected] of [
    [0.96, 1.04, 0.05, 'equivalent'],
    [1.01, 1.05, 0.05, 'equivalent'],
    [1 / 1.05, 0.99, 0.05, 'equivalent'],
    [1.01, 1.06, 0.05, 'worse'],
    [2.3, 2.6, 0.05, 'worse'],
    [0.94, 0.99, 0.05, 'better'],
    [0.95, 0.99, 0.05, 'better'],
    [0.94, 1.02, 0.05, 'cannot-tell'],
    [0.99, 1.06, 0.05, 'cannot-tell'],
    [0.5, 2, 0.05, 'cannot-tell'],
    [1, 1.2, 0.05, 'cannot-tell'],
    [0.8, 1, 0.05, 'cannot-tell'],
    [1, 1, 0, 'equivalent'],
    [1.001, 1.002, 0, 'worse'],
    [0.998, 0.999, 0, 'better'],
    [1, 1.001, 0, 'cannot-tell'],
  ] as const) {
    test(`from ${lower} … ${upper} at a tolerance of ${tolerance} is ${expected}`, () => {
      assert.equal(conclude({ lower, upper }, tolerance), expected);
    });
  }

  test('is not drawn without an interval', () => assert.equal(conclude(null, 0.05), 'cannot-tell'));

  test('turns round with the ratio', () => {
    const turned = { better: 'worse', worse: 'better', equivalent: 'equivalent', 'cannot-tell': 'cannot-tell' };
    const end = fc.double({ min: 0.01, max: 100, noNaN: true });
    fc.assert(
      fc.property(end, end, fc.double({ min: 0, max: 1, noNaN: true }), (a, b, tolerance) => {
        const [lower, upper] = [Math.min(a, b), Math.max(a, b)];
        const near = [lower, upper].some((x) => Math.abs(Math.abs(Math.log(x)) - Math.log1p(tolerance)) < 1e-9);
        fc.pre(!near);
        const there = conclude({ lower, upper }, tolerance);
        assert.equal(conclude({ lower: 1 / upper, upper: 1 / lower }, tolerance), turned[there]);
      }),
    );
  });
});

describe('a threshold', () => {
  for (const [values, below, expected] of [
    [[1, 2, 3, 4, 5, 6], 6.1, 'held'],
    [[1, 2, 3, 4, 5, 6], 6, 'cannot-tell'],
    [[1, 2, 3, 4, 5, 6], 3, 'cannot-tell'],
    [[1, 2, 3, 4, 5, 6], 1.1, 'cannot-tell'],
    [[1, 2, 3, 4, 5, 6], 1, 'broken'],
    [[1, 2, 3, 4, 5, 6], 0.5, 'broken'],
    [[0, 0, 0, 0, 0, 0], 1, 'held'],
    [[0, 0, 0, 0, 0, 0], 0, 'broken'],
    [[1, 1, 1, 1, 1], 100, 'cannot-tell'],
    [[], 100, 'cannot-tell'],
  ] as const) {
    test(`below ${below} is ${expected} for [${values}]`, () =>
      assert.equal(holdAgainst(values, below).result, expected));
  }
});

const threshold = (result: ThresholdResult['result']): ThresholdResult => {
  return {
    variant: 'v',
    metric: 'responseNs.p99',
    below: 1,
    unit: 'ns',
    value: null,
    result,
    reason: `It is ${result}.`,
  };
};
const certificate = certificateSummary();
const failed = certificateSummary('failed');
const held = threshold('held');
const broken = threshold('broken');
const open = threshold('cannot-tell');
const whole = { planned: 12, measured: 12, incomplete: 0 };
const calm = { measured: 24, vetoed: 0 };

describe('a verdict', () => {
  for (const [what, run, verdict, reason] of [
    ['no thresholds', { thresholds: [] }, 'none', /Nothing was gated/u],
    ['all held', { thresholds: [held, held] }, 'pass', /It is held/u],
    ['one broken', { thresholds: [held, open, broken] }, 'regression', /It is broken/u],
    ['one open', { thresholds: [held, open] }, 'inconclusive', /It is cannot-tell/u],
    ['a quick run', { mode: 'quick', thresholds: [broken] }, 'none', /No verdict/u],
    ['a quick run that was spoiled', { mode: 'quick', ended: 'too-many-vetoes' }, 'none', /No verdict/u],
    [
      'a failed certificate',
      { certificate: failed },
      'invalid',
      /certificate.*limit 5\.0 %; on its processor 0 ran busy/u,
    ],
    [
      'a failed certificate and a broken threshold',
      { certificate: failed, thresholds: [broken] },
      'invalid',
      /certificate/u,
    ],
    ['a failed certificate, insisted', { certificate: { ...failed, insisted: true } }, 'pass', /held/u],
    ['a failed certificate of a quick run', { mode: 'quick', certificate: failed }, 'none', /No verdict/u],
    ['a certificate that could not be judged', { certificate: certificateSummary('not-judged') }, 'pass', /held/u],
    ['no certificate', { certificate: null }, 'pass', /held/u],
    ['3 of 15 vetoed', { trials: { measured: 15, vetoed: 3 }, thresholds: [held] }, 'pass', /held/u],
    [
      '4 of 16 vetoed',
      { trials: { measured: 16, vetoed: 4 }, thresholds: [held] },
      'invalid',
      /4 of 16 trials vetoed/u,
    ],
    ['4 of 16 vetoed, nothing gated', { trials: { measured: 16, vetoed: 4 }, thresholds: [] }, 'invalid', /vetoed/u],
    [
      'too many vetoes',
      { ended: 'too-many-vetoes', trials: { measured: 30, vetoed: 5 } },
      'invalid',
      /5 of 30 trials/u,
    ],
    [
      'the time spent at 5 of 12',
      { ended: 'time-limit', blocks: { ...whole, measured: 5 } },
      'invalid',
      /after 5 of 12 blocks/u,
    ],
    [
      'the time spent at 6 of 12',
      { ended: 'time-limit', blocks: { ...whole, measured: 6 }, thresholds: [held] },
      'pass',
      /held/u,
    ],
    [
      'the time spent at 2 of 4',
      { ended: 'time-limit', blocks: { ...whole, planned: 4, measured: 2 }, thresholds: [] },
      'none',
      /Nothing/u,
    ],
    [
      '4 blocks asked for',
      { blocks: { ...whole, planned: 4, measured: 4 }, thresholds: [open] },
      'none',
      /4 blocks asked for/u,
    ],
    [
      'an interrupted run, all held',
      { ended: 'interrupted', blocks: { ...whole, measured: 8 }, thresholds: [held] },
      'inconclusive',
      /after 8 of 12/u,
    ],
    ['an interrupted run, one broken', { ended: 'interrupted', thresholds: [held, broken] }, 'regression', /broken/u],
    ['a killed run, all held', { ended: 'killed', thresholds: [held] }, 'inconclusive', /ended after/u],
    ['a failed component, all held', { ended: 'component-failed', thresholds: [held] }, 'inconclusive', /ended after/u],
    [
      'no block at all',
      { ended: 'interrupted', blocks: { ...whole, measured: 0 }, thresholds: [open] },
      'inconclusive',
      /cannot-tell/u,
    ],
  ] as const) {
    test(`with ${what} is ${verdict}`, () => {
      const base = {
        mode: 'full',
        ended: 'complete',
        blocks: whole,
        trials: calm,
        thresholds: [held],
        certificate,
      } as const;
      const judged = judge({ ...base, ...run });
      assert.equal(judged.verdict, verdict);
      assert.match(judged.reasons.join(' '), reason);
    });
  }

  test('never passes where anything is missing', () => {
    const ends: RunEnd[] = [
      'complete',
      'time-limit',
      'too-many-vetoes',
      'not-certified',
      'interrupted',
      'component-failed',
      'internal-error',
      'killed',
    ];
    const count = fc.nat(20);
    fc.assert(
      fc.property(
        fc.record({
          mode: fc.constantFrom('full' as const, 'quick' as const),
          certificate: fc.constantFrom(certificate, failed, null),
          ended: fc.constantFrom(...ends),
          blocks: fc.record({ planned: count, measured: count, incomplete: count }),
          trials: fc.record({ measured: count, vetoed: count }),
          thresholds: fc.array(fc.constantFrom(held, broken, open), { maxLength: 3 }),
        }),
        (run) => {
          const { verdict, reasons } = judge(run);
          assert.ok(reasons.length > 0);
          if (verdict !== 'pass') return;
          assert.equal(run.mode, 'full');
          assert.ok(run.thresholds.length > 0 && run.thresholds.every(({ result }) => result === 'held'));
          assert.ok(run.ended === 'complete' || run.ended === 'time-limit' || run.ended === 'not-certified');
          assert.notEqual(run.certificate, failed);
          assert.ok(run.trials.vetoed * 5 <= run.trials.measured);
        },
      ),
    );
  });
});

describe('the exit', () => {
  const verdicts: Verdict[] = ['none', 'pass', 'regression', 'inconclusive', 'invalid'];
  const byVerdict = {
    none: 'done',
    pass: 'done',
    regression: 'regression',
    inconclusive: 'inconclusive',
    invalid: 'invalid',
  };
  const byEnd = {
    'component-failed': 'component',
    interrupted: 'interrupted',
    killed: 'interrupted',
    'internal-error': 'internal',
    complete: undefined,
    'time-limit': undefined,
    'too-many-vetoes': undefined,
    'not-certified': undefined,
  } as const satisfies Record<RunEnd, string | undefined>;
  const ends = Object.keys(byEnd) as RunEnd[];
  for (const ended of ends) {
    for (const verdict of verdicts) {
      const expected = byEnd[ended] ?? byVerdict[verdict];
      test(`of a run that ended ${ended} with ${verdict} is ${expected}`, () =>
        assert.equal(exitKind({ ended, verdict }), expected));
    }
  }
});
