import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RunRecord } from '../../src/record/index.ts';
import { nextLive } from '../../src/run/proof/live.ts';
import {
  holdBar,
  judgeProof,
  makePolicy,
  type PowerRow,
  pool,
  readProof,
  recordingKind,
  strangeField,
  valuesOf,
  wholeBlocks,
} from '../../src/verdict/index.ts';
import { proofFixture } from '../support/gates.ts';
import { DIRECT, type SyntheticVariant, syntheticRecord } from '../support/record.ts';

const BASE: SyntheticVariant = { ...DIRECT, name: 'baseline', baseline: 'baseline' };
const SAME: SyntheticVariant = { ...BASE, name: 'candidate' };
const WAITS: SyntheticVariant = { ...BASE, name: 'guess', axes: { workNs: '9000' } };
const EFFECT: SyntheticVariant = { ...BASE, name: 'worse', axes: { workNs: '9000', metric: 'responseNs.p50' } };

describe('what a run recorded for a proof', () => {
  const kinds: readonly (readonly [string, readonly SyntheticVariant[], string | undefined])[] = [
    ['two arms that are the same', [BASE, SAME], 'aa'],
    ['two arms that differ', [BASE, { ...SAME, settings: { app: { work: '9us' } } }], undefined],
    ['a busy-wait that is tried', [BASE, WAITS], 'calibration'],
    ['calibrated busy-waits', [BASE, EFFECT, { ...EFFECT, name: 'worse still' }], 'effects'],
    ['a calibrated busy-wait beside another variant', [BASE, EFFECT, SAME], undefined],
    ['variants of a scenario', [DIRECT, { ...DIRECT, name: 'outbound' }], undefined],
    ['a baseline alone', [BASE], undefined],
  ];
  for (const [name, variants, kind] of kinds) {
    test(`${name}: ${kind ?? 'nothing'}`, async () => {
      const { header } = await syntheticRecord({ blocks: 1, variants });
      assert.equal(recordingKind(header), kind);
    });
  }
});

describe('recordings of one kind', () => {
  const recording = (record: RunRecord) => ({ kind: 'aa' as const, folder: '', record });

  test('are one record with the pairs of all, in their order', async () => {
    const one = await syntheticRecord({ seed: 1, blocks: 3, vetoedIn: [1], variants: [BASE, SAME] });
    const other = await syntheticRecord({ seed: 2, blocks: 2, variants: [BASE, SAME] });
    const pooled = pool([one, other]);
    assert.ok(pooled);
    const names = ['responseNs.p50'];
    for (const arm of ['baseline', 'candidate']) {
      const apart = [one, other].flatMap((record) => valuesOf(record, names).get(arm) ?? []);
      assert.deepEqual(valuesOf(pooled, names).get(arm), apart);
    }
    assert.equal(wholeBlocks([recording(one), recording(other)], 'aa'), 5);
    assert.equal(wholeBlocks([recording(one)], 'effects'), 0);
    assert.equal(pool([]), undefined);
  });

  test('are of one machine', async () => {
    const record = await syntheticRecord({ blocks: 1 });
    const on = (fingerprint: RunRecord['header']['fingerprint']): RunRecord => ({
      ...record,
      header: { ...record.header, fingerprint },
    });
    const here = on({ 'cpu.model': 'A', 'meshbench.revision': '1', 'envoy.baseline.build': 'x' });
    assert.equal(strangeField(here, on({ 'cpu.model': 'A', 'meshbench.revision': '2' })), undefined);
    assert.equal(strangeField(here, on({ 'cpu.model': 'B' })), 'cpu.model');
    assert.equal(strangeField(here, on({})), 'cpu.model');
    assert.equal(strangeField(here, on({ 'cpu.model': 'A', 'envoy.baseline.build': 'y' })), 'envoy.baseline.build');
  });
});

describe('a stored proof', () => {
  const { policy } = proofFixture();

  test('gives its folders, and its live gates to the same policy alone', () => {
    const proof = proofFixture();
    const json = JSON.stringify(proof);
    const { folders, live } = readProof(json, policy);
    assert.deepEqual(
      folders,
      proof.records.map(({ folder }) => folder),
    );
    assert.deepEqual(live, proof.live);
    assert.deepEqual(readProof(json, makePolicy(new Map([['rssBytes', 0.1]]))).live, []);
  });

  for (const text of [
    '',
    '{',
    '[]',
    '{"schemaVersion":2,"records":[],"live":[]}',
    '{"schemaVersion":1,"records":[1]}',
  ]) {
    test(`is refused where it is ${JSON.stringify(text)}`, () => {
      assert.throws(() => readProof(text, policy), { code: 'PROOF_FILE' });
    });
  }
});

const judged = (row: Omit<PowerRow, 'result'>): PowerRow => ({ ...row, result: holdBar(row) });

describe('how a proof ends', () => {
  const proof = proofFixture();
  const power = proof.power.map((row) => judged({ ...row, tally: { ...row.tally, regression: 995 } }));
  const kept = { ...proof, power };
  const none = { gates: 0, regression: 0, pass: 0, inconclusive: 0 };

  test('by its bars', () => {
    assert.equal(judgeProof(kept), 'pass');
    assert.equal(judgeProof(proof), 'regression', '98 % at twice the tolerance is under the bar');
    const alarms = { ...kept.aa, tally: { ...kept.aa.tally, regression: 11 } };
    assert.equal(judgeProof({ ...kept, aa: alarms }), 'regression');
    assert.equal(judgeProof({ ...kept, aa: { ...kept.aa, tally: none } }), 'regression', 'of no gates nothing holds');
    const [quiet] = proof.live;
    assert.ok(quiet);
    assert.equal(judgeProof({ ...kept, live: [{ ...quiet, injected: true }] }), 'regression', 'missed live');
    const [, caught] = proof.live;
    assert.ok(caught);
    assert.equal(judgeProof({ ...kept, live: [{ ...quiet, verdict: 'inconclusive' }, caught] }), 'pass', 'not failed');
  });

  test('and proves nothing before all is recorded', () => {
    for (const more of [{ aaTrials: 201 }, { trialsPerEffect: 61 }, { live: 2 }]) {
      assert.equal(judgeProof({ ...kept, wanted: { ...kept.wanted, ...more } }), 'inconclusive', JSON.stringify(more));
    }
    assert.equal(judgeProof({ ...kept, power: [] }), 'inconclusive');
    assert.equal(judgeProof({ ...kept, live: [] }), 'inconclusive');
  });
});

describe('a bar of detection', () => {
  const [row] = proofFixture().power;
  assert.ok(row !== undefined);
  /** Of 1,000 gates so many found what was really so many tolerances of 10 %, known to ± 0.1 of one. */
  const found = (regression: number, multiple: number): PowerRow =>
    judged({
      ...row,
      multiple,
      effect: { estimate: 1 + 0.1 * multiple, lower: 1 + 0.1 * (multiple - 0.1), upper: 1 + 0.1 * (multiple + 0.1) },
      tally: { gates: 1000, regression, pass: 0, inconclusive: 1000 - regression },
    });
  for (const [regression, multiple, expected] of [
    [900, 1.5, 'kept'],
    [899, 1.5, 'missed'],
    [900, 1.7, 'kept'],
    [950, 1.8, 'unproven'],
    [1000, 3, 'unproven'],
    [500, 1.8, 'missed'],
    [899, 1.3, 'missed'],
    [899, 1.2, 'unproven'],
    [950, 1.2, 'kept'],
  ] as const) {
    test(`is ${expected} where ${regression} of 1,000 gates find ${multiple} tolerances that were to be 1.5`, () => {
      assert.equal(holdBar(found(regression, multiple)), expected);
    });
  }

  test('is not judged without an effect or a gate, and is none for another metric', () => {
    assert.equal(holdBar({ ...found(950, 1.5), effect: null, multiple: null }), 'unproven');
    const none = { gates: 0, regression: 0, pass: 0, inconclusive: 0 };
    assert.equal(holdBar({ ...found(950, 1.5), tally: none }), 'unproven');
    assert.equal(holdBar({ ...found(0, 1.5), bar: null }), null);
  });

  test('that is not judged makes a proof inconclusive, and one that is missed fails it', () => {
    const proof = proofFixture();
    const power = [found(950, 1.5)];
    assert.equal(judgeProof({ ...proof, power }), 'pass');
    assert.equal(judgeProof({ ...proof, power: [...power, found(1000, 3)] }), 'inconclusive');
    assert.equal(judgeProof({ ...proof, power: [found(10, 1.5), found(1000, 3)] }), 'regression');
  });
});

describe('the next live gate', () => {
  for (const [gates, each, expected] of [
    [[], 0, undefined],
    [[], 2, false],
    [[false], 2, true],
    [[false, false], 2, true],
    [[false, false, true], 2, true],
    [[true, true], 2, false],
    [[false, true, false, true], 2, undefined],
    [[false, false, false, true], 2, true],
    [[true, true, true], 1, false],
  ] as const) {
    test(`after [${gates}] of ${each} each is ${expected === undefined ? 'none' : expected ? 'injected' : 'plain'}`, () => {
      assert.equal(
        nextLive(
          gates.map((injected) => ({ injected })),
          each,
        ),
        expected,
      );
    });
  }
});
