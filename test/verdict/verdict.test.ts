import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Finding, type GateVerdict, judgeGate, type Stage } from '../../src/verdict/index.ts';
import { stageFixture } from '../support/gates.ts';

const stage = (state: Finding['state'], changes: Partial<Stage> = {}): Stage => ({
  ...stageFixture(state),
  ...changes,
});

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
