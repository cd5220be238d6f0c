import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compareRuns, digestRecord, type RecordComparison } from '../../src/compare/index.ts';
import type { RunRecord } from '../../src/record/index.ts';
import { DIRECT, OUTBOUND, syntheticRecord } from '../support/record.ts';
import { comparisonFixture } from '../support/records.ts';

function found(comparison: RecordComparison, variant: string, metric: string, what: 'value' | 'added') {
  const one = comparison.comparisons.find(
    (candidate) => candidate.variant === variant && candidate.metric === metric && candidate.what === what,
  );
  assert.ok(one !== undefined, `${variant} ${metric} ${what}`);
  return one;
}

function withFingerprint(record: RunRecord, fields: RunRecord['header']['fingerprint']): RunRecord {
  return { ...record, header: { ...record.header, fingerprint: { ...record.header.fingerprint, ...fields } } };
}

describe('two runs of one machine', () => {
  test('the slower sidecar is worse, what did not change is equivalent, each with its interval', async () => {
    const comparison = await comparisonFixture();
    const hop = found(comparison, 'outbound', 'responseNs.p50', 'value');
    assert.equal(hop.conclusion, 'worse');
    assert.ok(hop.ratio !== null && hop.ratio.lower > 1.25 && hop.ratio.upper < 1.35);
    assert.deepEqual(hop.n, [8, 9]);
    assert.ok((hop.confidence ?? 0) >= 0.95 && (hop.confidence ?? 1) < 0.975);
    assert.equal(found(comparison, 'direct', 'responseNs.p50', 'value').conclusion, 'equivalent');
    assert.equal(found(comparison, 'outbound', 'responseNs.p50', 'added').conclusion, 'worse');
    assert.ok(!comparison.comparisons.some(({ variant, what }) => variant === 'direct' && what === 'added'));
  });

  test('a machine that was slower as a whole does not change what a variant adds', async () => {
    const slow = [DIRECT, OUTBOUND].map((variant) => ({ ...variant, medianNs: variant.medianNs * 1.4 }));
    const comparison = await comparisonFixture({}, { variants: slow });
    assert.equal(found(comparison, 'outbound', 'responseNs.p50', 'value').conclusion, 'worse');
    assert.equal(found(comparison, 'outbound', 'responseNs.p50', 'added').conclusion, 'equivalent');
  });

  test('the tolerance is that of the first run unless another is asked for', async () => {
    assert.equal((await comparisonFixture({ tolerance: 0.07 })).tolerance, 0.07);
    const wide = await comparisonFixture({}, {}, 0.5);
    assert.equal(found(wide, 'outbound', 'responseNs.p50', 'value').conclusion, 'equivalent');
  });

  test('too few trials give no interval, with the reason', async () => {
    const comparison = await comparisonFixture({ blocks: 3 }, { blocks: 3 });
    const hop = found(comparison, 'outbound', 'responseNs.p50', 'value');
    assert.equal(hop.ratio, null);
    assert.equal(hop.conclusion, 'cannot-tell');
    assert.match(hop.reasons['ratio'] ?? '', /so few trials/u);
  });
});

describe('what is not comparable', () => {
  for (const [name, fields, clause] of [
    ['another machine', { 'cpu.model': 'Another CPU' }, /cpu\.model is Another CPU/u],
    ['another kernel', { 'kernel.release': '6.2.0' }, /kernel\.release/u],
    ['another placement', { 'placement.system': '0' }, /placement\.system/u],
    ['a field that the first does not have', { 'cpu.governor': 'performance' }, /cpu\.governor is performance/u],
  ] as const) {
    test(`${name}: shown, and nothing concluded`, async () => {
      const first = await syntheticRecord();
      const other = withFingerprint(await syntheticRecord({ seed: 2 }), fields);
      const comparison = compareRuns([digestRecord('a', first), digestRecord('b', other)]);
      assert.match(comparison.runs[1]?.notComparable.join() ?? '', clause);
      assert.ok(comparison.comparisons.length > 5);
      assert.ok(comparison.comparisons.every(({ conclusion }) => conclusion === 'cannot-tell'));
      assert.ok(found(comparison, 'outbound', 'responseNs.p50', 'value').difference !== null, 'numbers are shown');
    });
  }

  test('Envoy, its filters and the program are what runs are compared for', async () => {
    const first = await syntheticRecord();
    const other = withFingerprint(await syntheticRecord({ seed: 2 }), {
      'envoy.1.40.0.build': 'another',
      'filters.client.envoy.http': 'envoy.filters.http.lua, envoy.filters.http.router',
      'meshbench.revision': 'another',
    });
    const [, compared] = compareRuns([digestRecord('a', first), digestRecord('b', other)]).runs;
    assert.deepEqual(compared?.notComparable, []);
  });

  for (const [name, settings, reason] of [
    ['another protocol', { load: { rate: '500/s' }, protocol: 'thrift' }, /what was asked differs: protocol/u],
    [
      'another event',
      { load: { rate: '500/s' }, events: [{ at: '1s', pause: 'server.app', for: '1s' }] },
      /what was asked differs: events/u,
    ],
    ['another load', { load: { rate: '900/s' } }, /the load differs: load\.rate/u],
  ] as const) {
    test(`${name} of a variant: nothing concluded about it`, async () => {
      const digestOf = async (label: string, own: Readonly<Record<string, unknown>>) => {
        const { header, ...rest } = await syntheticRecord();
        const variants = header.plan.variants.map((variant) => ({ ...variant, settings: own }));
        return digestRecord(label, { ...rest, header: { ...header, plan: { ...header.plan, variants } } });
      };
      const [before, after] = [await digestOf('a', { load: { rate: '500/s' } }), await digestOf('b', settings)];
      const { conclusion, reasons } = found(compareRuns([before, after]), 'outbound', 'responseNs.p50', 'value');
      assert.equal(conclusion, 'cannot-tell');
      assert.match(reasons['conclusion'] ?? '', reason);
    });
  }

  test('more comparisons than are shown are counted', async () => {
    const digest = digestRecord('a', await syntheticRecord());
    const variants = Array.from({ length: 400 }, (_, index) =>
      digest.variants.map((variant) => ({ ...variant, name: `${variant.name} ${index}` })),
    ).flat();
    const comparison = compareRuns([
      { ...digest, variants },
      { ...digest, variants },
    ]);
    assert.equal(comparison.comparisons.length, 2000);
    const each = compareRuns([digest, digest]).comparisons.filter(({ what }) => what === 'value').length;
    assert.match(
      comparison.doubts.join(' '),
      new RegExp(`${400 * each - 2000} further comparisons are not shown`, 'u'),
    );
  });

  test('another runtime, and a quick run', async () => {
    const first = await syntheticRecord();
    const docker: RunRecord = { ...first, header: { ...first.header, runtime: 'docker' } };
    for (const other of [docker, await syntheticRecord({ quick: true })]) {
      const comparison = compareRuns([digestRecord('a', first), digestRecord('b', other)]);
      assert.equal(comparison.runs[1]?.notComparable.length, 1);
    }
  });

  test('another Envoy or revision is what is compared, and stands among the differences', async () => {
    const first = await syntheticRecord();
    const other = withFingerprint(first, { 'envoy.1.40.0.sha256': 'another', 'meshbench.revision': 'abc' });
    const comparison = compareRuns([digestRecord('a', first), digestRecord('b', other)]);
    assert.deepEqual(comparison.runs[1]?.notComparable, []);
    assert.deepEqual(comparison.fingerprint.map(({ field }) => field).sort(), [
      'envoy.1.40.0.sha256',
      'meshbench.revision',
    ]);
    assert.equal(found(comparison, 'outbound', 'responseNs.p50', 'value').conclusion, 'equivalent');
  });

  test('another load is another question', async () => {
    const comparison = await comparisonFixture({}, { rate: 700 });
    const hop = found(comparison, 'outbound', 'responseNs.p50', 'value');
    assert.equal(hop.conclusion, 'cannot-tell');
    assert.match(hop.reasons['conclusion'] ?? '', /load\.rate/u);
  });
});

describe('around a comparison', () => {
  test('variants that only one run has are named, and those in common are compared', async () => {
    const comparison = await comparisonFixture({}, { variants: [DIRECT, { ...OUTBOUND, name: 'inbound' }] });
    assert.deepEqual(comparison.unshared, [
      { variant: 'outbound', runs: ['old'] },
      { variant: 'inbound', runs: ['new'] },
    ]);
    assert.deepEqual([...new Set(comparison.comparisons.map(({ variant }) => variant))], ['direct']);
  });

  test('a damaged record says what was lost, and a run that was cut off how it ended', async () => {
    const comparison = await comparisonFixture({}, { damage: ['Line 5 is cut off.'], end: 'killed' });
    assert.ok(comparison.doubts.includes('new: Line 5 is cut off.'));
    assert.ok(comparison.doubts.some((doubt) => doubt.includes('killed')));
  });

  test('three runs are each compared with the first, and one alone with nothing', async () => {
    const digests = await Promise.all(
      [1, 2, 3].map(async (seed) => digestRecord(`run ${seed}`, await syntheticRecord({ seed }))),
    );
    assert.deepEqual([...new Set(compareRuns(digests).comparisons.map(({ run }) => run))], [1, 2]);
    assert.throws(() => compareRuns(digests.slice(0, 1)), /two runs at least/u);
  });
});
