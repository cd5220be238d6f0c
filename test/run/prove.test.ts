import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { initHistograms } from '../../src/metrics/index.ts';
import { readRecord } from '../../src/record/index.ts';
import { type ProofDocument, valuesOf } from '../../src/verdict/index.ts';
import { type Ended, meshbench, Scratch } from '../support/cli.ts';

const SCENARIO = `question: Does the gate prove itself?
variants:
  direct: {}
load: { rate: 500/s, connections: 4, warmup: 100ms, duration: 400ms }
`;

/** Few trials: what is asked here is whether they are what they are said to be. */
const COUNTS = ['--aa-trials', '2', '--effect-trials', '1', '--gates', '20', '--live', '0', '--blocks', '6'];

describe('a proof of real trials', () => {
  const scratch = new Scratch();
  const file = scratch.scenario('proved', SCENARIO);
  const proofs = path.join(scratch.folder, 'proofs', 'proved', 'latest');
  after(() => scratch[Symbol.dispose]());

  const prove = (...args: readonly string[]): Promise<Ended> =>
    meshbench(
      ...['gate', file, '--prove', '--baseline', 'direct', '--metric', 'responseNs.p50=100%', '--seed', '3'],
      ...[...COUNTS, '--out', scratch.folder, '--quiet', '--no-calibration', ...args],
    );
  const stored = (): ProofDocument =>
    JSON.parse(readFileSync(path.join(proofs, 'proof.json'), 'utf8')) as ProofDocument;

  test('is recorded in parts, with every busy-wait in the application, and computed again from its records', async (t) => {
    const began = await prove('--record-for', '2s');
    assert.equal(began.code, 11, began.stderr);
    const part = stored();
    assert.ok(part.aa.trials < 2 || part.power.length === 0, 'two seconds are not enough for all');
    assert.match(readFileSync(path.join(proofs, 'proof.md'), 'utf8'), /proves nothing yet/u);

    const whole = await prove('--from', proofs, '--record-for', '1m', '--json');
    const proof = JSON.parse(whole.stdout) as ProofDocument;
    const isWhole = proof.aa.trials >= 2 && proof.power.length > 0 && proof.power.every(({ trials }) => trials >= 1);
    // Of one trial no interval says what its busy-wait did, and a bar that is not judged proves nothing.
    assert.ok(isWhole ? [10, 11].includes(whole.code ?? -1) : whole.code === 11, whole.stderr);
    assert.ok(proof.power.every(({ bar, result }) => result === (bar === null ? null : 'unproven')));
    if (!isWhole) {
      t.skip('the machine spoiled every trial');
      return;
    }
    assert.deepEqual(proof, stored());
    for (const before of part.records) assert.ok(proof.records.some(({ folder }) => folder === before.folder));
    await checkWaits(proof);

    const again = await prove('--from', proofs, '--json');
    const { aa, power, records } = JSON.parse(again.stdout) as ProofDocument;
    assert.deepEqual({ aa, power, records }, { aa: proof.aa, power: proof.power, records: proof.records });
    assert.equal(again.code, whole.code);

    const other = await prove('--from', proofs, '--duration', '300ms');
    assert.equal(other.code, 2, other.stderr);
    assert.match(other.stderr, /PROOF_RECORD/u);
  });

  /** No answer can come before the busy-wait that it waits for has ended. */
  async function checkWaits({ records }: ProofDocument): Promise<void> {
    await initHistograms();
    let checked = 0;
    for (const { kind, folder } of records.filter((one) => one.kind !== 'aa')) {
      const record = await readRecord(path.join(scratch.folder, folder, 'record.jsonl'));
      const waits = new Map(
        record.header.plan.variants.flatMap(({ name, axes }) =>
          axes['workNs'] === undefined ? [] : [[name, Number(axes['workNs'])] as const],
        ),
      );
      const values = valuesOf(record, ['responseNs.p50']);
      for (const [name, work] of waits) {
        for (const trial of values.get(name) ?? []) {
          const p50 = trial.get('responseNs.p50') ?? 0;
          assert.ok(p50 >= work, `${kind} ${name}: ${p50} ns with a busy-wait of ${work} ns`);
          checked += 1;
        }
      }
    }
    assert.ok(checked >= 1, 'busy-waits were recorded');
  }
});
