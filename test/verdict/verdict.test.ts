import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Finding, type GateVerdict, isSound, judgeGate, type Stage } from '../../src/verdict/index.ts';
import { stageFixture } from '../support/gates.ts';

const stage = (state: Finding['state'], changes: Partial<Stage> = {}): Stage => ({
  ...stageFixture(state),
  ...changes,
});

/** Of twenty blocks, so that vetoes can fall on one arm more often than by chance. */
const LONG = { blocks: { measured: 20 }, trials: { measured: 48, vetoed: 8 } } as const;

describe('the verdict over both runs of a gate', () => {
  const cases: readonly (readonly [string, Stage, Stage | undefined, GateVerdict, RegExp])[] = [
    ['no change', stage('pass'), undefined, 'pass', /^$/u],
    ['worse twice', stage('regression'), stage('regression'), 'regression', /in two runs/u],
    ['worse once, then not', stage('regression'), stage('pass'), 'inconclusive', /not in the confirming run/u],
    ['worse once, then not certain', stage('regression'), stage('open'), 'inconclusive', /not in the confirming run/u],
    ['worse, and not asked again', stage('regression'), undefined, 'inconclusive', /not measured again/u],
    ['never certain', stage('open'), undefined, 'inconclusive', /too noisy/u],
    [
      'not enough data',
      stage('open', { decision: undefined, ended: 'time-limit' }),
      undefined,
      'inconclusive',
      /Not enough data/u,
    ],
    ['a disturbed machine', stage('pass', { ended: 'too-many-vetoes' }), undefined, 'invalid', /disturbed/u],
    [
      'more than a fifth vetoed',
      stage('pass', { trials: { measured: 14, vetoed: 3 } }),
      undefined,
      'invalid',
      /3 of 14/u,
    ],
    [
      'a disturbed confirming run',
      stage('regression'),
      stage('regression', { ended: 'too-many-vetoes' }),
      'invalid',
      /disturbed/u,
    ],
    [
      'a disturbed first run, whatever the confirming one says',
      stage('regression', { trials: { measured: 21, vetoed: 5 } }),
      stage('regression'),
      'invalid',
      /5 of 21/u,
    ],
    [
      'a first run that was ended by vetoes, and measured again',
      stage('regression', { ended: 'too-many-vetoes' }),
      stage('regression'),
      'invalid',
      /disturbed/u,
    ],
    [
      'a pass whose candidate had nearly all vetoes',
      stage('pass', { ...LONG, spoiled: { baseline: 0, candidate: 8 } }),
      undefined,
      'inconclusive',
      /hit the candidate more often than chance/u,
    ],
    [
      'a pass whose baseline had nearly all vetoes, which makes the candidate look worse',
      stage('pass', { ...LONG, spoiled: { baseline: 8, candidate: 0 } }),
      undefined,
      'pass',
      /^$/u,
    ],
    [
      'a regression against a baseline that had nearly all vetoes',
      stage('regression', { ...LONG, spoiled: { baseline: 4, candidate: 0 } }),
      stage('regression', { ...LONG, spoiled: { baseline: 4, candidate: 0 } }),
      'inconclusive',
      /hit the baseline more often than chance/u,
    ],
    [
      'a regression of a candidate that had nearly all vetoes, which made it look better',
      stage('regression', { ...LONG, spoiled: { baseline: 0, candidate: 8 } }),
      stage('regression', LONG),
      'regression',
      /in two runs/u,
    ],
    [
      'a component that failed',
      stage('open', { ended: 'component-failed' }),
      undefined,
      'failed',
      /The candidate failed: it died/u,
    ],
    ['an interrupted gate', stage('pass', { ended: 'interrupted' }), undefined, 'interrupted', /nothing is concluded/u],
    ['a killed one', stage('pass', { ended: 'killed' }), undefined, 'interrupted', /nothing is concluded/u],
  ];
  for (const [name, first, confirm, verdict, reason] of cases) {
    test(`${name}: ${verdict}`, () => {
      const judged = judgeGate(first, confirm, { arm: 'candidate', message: 'it died' });
      assert.equal(judged.verdict, verdict);
      assert.match(judged.reasons.join(' '), reason);
    });
  }
});

describe('a stage that can be built upon', () => {
  for (const [ended, sound] of [
    ['complete', true],
    ['time-limit', true],
    ['too-many-vetoes', false],
    ['component-failed', false],
    ['interrupted', false],
    ['not-certified', false],
  ] as const) {
    test(`ended: ${ended} is ${sound ? 'one' : 'none'}`, () => {
      assert.equal(isSound(stage('regression', { ended })), sound);
    });
  }

  test('has no more than a fifth of its trials vetoed', () => {
    assert.equal(isSound(stage('regression', { trials: { measured: 20, vetoed: 4 } })), true);
    assert.equal(isSound(stage('regression', { trials: { measured: 21, vetoed: 5 } })), false);
  });
});
