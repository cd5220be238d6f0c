import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { readRecord } from '../../src/record/index.ts';
import { nextRate, type Summary } from '../../src/summary/index.ts';
import { meshbench, Scratch } from '../support/cli.ts';
import { count } from '../support/counts.ts';

/** Each answer takes a millisecond of one processor: more than 1,000 a second there cannot be. */
const MOST = 1000;
const APP = 'app: { work: 1ms, payload: 100B }';

describe('saturation, in a real mesh', () => {
  const scratch = new Scratch();
  after(() => scratch[Symbol.dispose]());

  async function run(command: string, name: string, text: string, ...flags: readonly string[]): Promise<Summary> {
    const file = scratch.scenario(name, text);
    const common = ['--out', scratch.folder, '--json', '--no-calibration', '--seed', '7'];
    const { code, stdout, stderr } = await meshbench(command, file, ...common, ...flags);
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout) as Summary;
  }

  test('a closed loop finds what a known application can answer, directly and through a sidecar', async () => {
    const text = `question: What saturates?
variants: { direct: {}, outbound: { mesh: { outbound: listener } } }
load: { loop: closed, connections: 4, warmup: 300ms, duration: 1s }
${APP}
`;
    const summary = await run('run', 'closed', text, '--quick');
    for (const variant of summary.variants) {
      assert.equal(variant.loop, 'closed');
      assert.ok(
        (variant.achievedRate ?? 0) > 0.3 * MOST && (variant.achievedRate ?? 0) < 1.02 * MOST,
        `${variant.achievedRate}`,
      );
      assert.deepEqual(Object.keys(variant.outcomes), ['ok']);
      assert.ok((variant.serviceNs.p50 ?? 0) >= 1e6);
      assert.equal(variant.responseNs.p50, null);
    }
    // Whoever else runs may veto; a loop that is never due may not.
    const signals = summary.vetoes.map(({ signal }) => signal);
    assert.ok(!signals.includes('releaseLag') && !signals.includes('loopGaps'), signals.join());
  });

  test('a search finds the knee below what the application can answer', async (t) => {
    const text = `question: Where is the knee?
variants: { direct: {} }
find: knee
slo: p90 < 50ms
between: [100/s, 10000/s]
load: { connections: 8, warmup: 200ms, duration: 600ms, timeout: 1s }
limits: { time: 2m }
${APP}
`;
    const trials = count(7, 20);
    // Quick, so that what else a machine does vetoes nothing: what is asked here holds on a disturbed one too.
    const summary = await run('run', 'knee', text, '--quick', '--trials', String(trials));
    const [knee] = summary.knees ?? [];
    assert.ok(knee !== undefined);
    t.diagnostic(
      `${knee.points.map(({ rate, held }) => `${rate}${held ? '+' : '-'}`).join(' ')}: ${JSON.stringify(knee.rate)}`,
    );
    for (const { rate, held, achievedRate } of knee.points) {
      assert.ok(!held || rate < 1.1 * MOST, `${rate}/s held`);
      assert.ok((achievedRate ?? 0) < 1.1 * MOST);
    }
    assert.ok(
      knee.points.some(({ held }) => held),
      'no rate held',
    );
    assert.ok(knee.rate !== null && knee.rate.lower < MOST, JSON.stringify(knee.rate));
    assert.ok(knee.points.length <= trials);
    const record = await readRecord(`${scratch.run('knee')}/record.jsonl`);
    assert.equal(record.header.plan.knee?.slo, 'p90 < 50ms');
    assert.ok(record.trials.every(({ rate }) => rate !== undefined));
    // The record alone says what each trial was asked.
    for (const [index, { rate }] of record.trials.entries()) {
      assert.equal(nextRate({ header: record.header, trials: record.trials.slice(0, index) }, 'direct'), rate);
    }
  });

  test('`meshbench knee` plans a search of any scenario, and refuses what is none', async () => {
    const file = scratch.scenario('plain', 'question: What?\nvariants: { direct: {} }\n');
    const plan = await meshbench('knee', file, '--slo', 'p99 < 5ms', '--from', '50/s', '--to', '5k/s', '--dry-run');
    assert.equal(plan.code, 0, plan.stderr);
    assert.match(
      plan.stdout,
      /knee\s+highest rate between 50\/s and 5,000\/s with p99 < 5ms, in 20 trials of each variant at most/u,
    );
    for (const [flags, words] of [
      [[], /names no slo/u],
      [['--slo', 'p99 < 5'], /5 has no unit/u],
      [['--slo', 'p99 < 5ms', '--rate', '5/s'], /--rate sets a rate/u],
      [['--slo', 'p99 < 5ms', '--from', '5k/s', '--to', '1k/s'], /--from must be below --to/u],
    ] as const) {
      const { code, stderr } = await meshbench('knee', file, ...flags);
      assert.equal(code, 2, stderr);
      assert.match(stderr, words);
    }
  });
});
