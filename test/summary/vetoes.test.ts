import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { initHistograms } from '../../src/metrics/index.ts';
import type { RunRecord } from '../../src/record/index.ts';
import { mostVetoed, summarize } from '../../src/summary/index.ts';
import { type HandTrial, handRecord } from '../support/hand.ts';

before(initHistograms);

describe('the variant that vetoes hit more often than chance', () => {
  for (const [what, spoiled, blocks, expected] of [
    ['nobody', [], 0, undefined],
    ['none without a veto', [0, 0], 20, undefined],
    ['none by a few', [0, 4], 20, undefined],
    ['none where both are hit', [4, 4], 20, undefined],
    ['b', [0, 8], 20, 'b'],
    ['a', [8, 0], 20, 'a'],
    ['none of eight blocks, which are too few', [0, 4], 8, undefined],
    ['one of many', [1, 0, 10, 1], 24, 'c'],
  ] as const) {
    test(`is ${what}: ${spoiled} of ${blocks} blocks`, () => {
      const names = ['a', 'b', 'c', 'd'];
      assert.equal(mostVetoed(new Map(spoiled.map((hits, at) => [names[at] ?? '', hits])), blocks), expected);
    });
  }
});

test('a report doubts vetoes that fall on one variant, and counts a gust once', () => {
  const trials = Array.from({ length: 20 }, (_, block) => block).flatMap((block): HandTrial[] => [
    { block, variant: 'direct', response: [1000] },
    { block, variant: 'outbound', response: [2000] },
  ]);
  const sound = handRecord(trials, { blocks: 20 });
  const veto = { signal: 'steal', value: 1, limit: 0, unit: 'share', text: 'Stolen.' } as const;
  const spoil = (of: (block: number) => string) =>
    sound.trials.flatMap((trial) =>
      trial.block < 8 && trial.variant === of(trial.block) ? [{ ...trial, vetoes: [veto] }, trial] : [trial],
    );
  const told = (all: RunRecord['trials']) =>
    summarize({ ...sound, trials: all }).doubts.filter((doubt) => doubt.startsWith('Vetoes hit'));
  assert.match(told(spoil(() => 'outbound')).join(), /^Vetoes hit outbound in 8 of 20 blocks, more than chance/u);
  assert.deepEqual(told(spoil((block) => (block % 2 === 0 ? 'outbound' : 'direct'))), []);
  const [first] = sound.trials;
  assert.ok(first !== undefined);
  assert.deepEqual(told([...Array.from({ length: 8 }, () => ({ ...first, vetoes: [veto] })), ...sound.trials]), []);
});

test('a report counts vetoed trials, and a quick run those that it kept', () => {
  const trials = Array.from({ length: 6 }, (_, block): HandTrial => ({ block, variant: 'direct', response: [1000] }));
  const sound = handRecord(trials, { variants: [{ name: 'direct' }] });
  const [first] = sound.trials;
  assert.ok(first !== undefined);
  const veto = { signal: 'steal', value: 1, limit: 0, unit: 'share', text: 'Stolen.' } as const;
  const spoiled = { ...sound, trials: [...sound.trials, { ...first, vetoes: [veto] }] };
  const { doubts } = summarize(spoiled);
  assert.ok(doubts.includes('1 of 7 trials vetoed: the machine was disturbed.'), doubts.join());
  const { header } = spoiled;
  const quick = summarize({ ...spoiled, header: { ...header, plan: { ...header.plan, mode: 'quick' } } }).doubts;
  assert.ok(quick.includes('The machine was disturbed: a full run would have vetoed 1 of 7 trials.'), quick.join());
});
