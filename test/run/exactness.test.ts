import assert from 'node:assert/strict';
import path from 'node:path';
import { before, describe, type TestContext, test } from 'node:test';
import { initHistograms } from '../../src/metrics/index.ts';
import { readRecord, type Trial } from '../../src/record/index.ts';
import { isCalm, quantiles } from '../support/calm.ts';
import { catchUpOf } from '../support/catching-up.ts';
import { meshbench, Scratch } from '../support/cli.ts';
import { count, FULL } from '../support/counts.ts';

/** How many trials a machine may spoil for each that is wanted before the test says that it cannot tell. */
const PATIENCE = count(2, 6);
/** A quick run repeats no trial and does not wait for calm, of which this test is to decide: with full counts it may wait. */
const HOW = FULL ? [] : ['--quick'];
const WARMUP = FULL ? '1s' : '300ms';
const MS = 1e6;

/**
 * The longest service time but for the request that a stop met. On one connection the backlog is answered one round trip
 * after the other, of which arithmetic takes each for as long as usual: one that took long moves all that come after.
 */
function longestButOne({ load }: Trial): number {
  const [service = Number.NaN] = quantiles(load.histograms.service, (load.planned - 1.5) / load.planned);
  return service;
}

/** A round trip within one machine takes a tenth of it. */
const LONG_ROUND_TRIP = 2 * MS;

/**
 * Measures one variant until there are so many calm trials: arithmetic is asserted on those alone.
 * @returns the trials, or undefined when the machine spoiled too many.
 */
async function calmTrials(
  name: string,
  yaml: string,
  seconds: number,
  wanted: number,
  calm = isCalm,
): Promise<readonly Trial[] | undefined> {
  const good: Trial[] = [];
  const lags: number[] = [];
  while (lags.length < wanted * PATIENCE) {
    using scratch = new Scratch();
    const args = [scratch.scenario(name, yaml), '--trials', '1', '--duration', `${seconds}s`, ...HOW];
    const { code, stderr } = await meshbench('run', ...args, '--out', scratch.folder, '--quiet', '--no-calibration');
    assert.ok(code === 0 || code === 12, stderr);
    const { trials } = await readRecord(path.join(scratch.run(name), 'record.jsonl'));
    assert.ok(trials.length > 0, stderr);
    lags.push(...trials.flatMap(({ load }) => quantiles(load.histograms.releaseLag, 0.99)));
    good.push(...trials.filter(calm));
    if (good.length >= wanted) return good;
  }
  // Lag is our loop's: where no trial at all was free of it, the machine is no excuse.
  const least = Math.min(...lags);
  assert.ok(least < 100 * MS, `the system’s stop became our lag, ${least / MS} ms at least`);
  return undefined;
}

const FRACTIONS = [0.5, 0.9, 0.99, 1] as const;

describe('what is measured is what arithmetic says, on trials that nothing spoiled', () => {
  before(initHistograms);

  test('a constant 50 ms answer at 10 rps on one connection, where the machine lets trials be calm', async (t) => {
    const yaml = `question: Is a constant delay measured exactly?
variants: { direct: {} }
load: { rate: 10/s, connections: 1, warmup: ${WARMUP} }
app: { delay: 50ms }
`;
    const seconds = count(2, 5);
    const trials = await calmTrials('constant', yaml, seconds, count(1, 10));
    if (trials === undefined) {
      t.skip('the machine spoiled every trial');
      return;
    }
    for (const { load } of trials) {
      assert.equal(load.planned, 10 * seconds);
      assert.deepEqual(load.outcomes, { ok: 10 * seconds });
      const [p50 = Number.NaN] = quantiles(load.histograms.response, 0.5);
      t.diagnostic(`p50 ${(p50 / MS).toFixed(3)} ms`);
      assert.ok(Math.abs(p50 - 50 * MS) <= MS, `p50 ${p50 / MS} ms`);
    }
  });

  // Ten seconds with full counts; a shorter span says as much, of fewer requests, and is spoiled less often.
  const seconds = count(3, 10);
  for (const connections of [1, 32]) {
    test(`an application stopped for 500 ms once in a run at 100 rps, connections: ${connections}, where the machine lets trials be calm`, async (t) => {
      const yaml = `question: Is a stop charged to every request that was due in it?
variants: { direct: {} }
load: { rate: 100/s, connections: ${connections}, warmup: ${WARMUP} }
# Between two requests, so that it is plain which of them the stop meets.
events: [{ at: 1505ms, pause: server.app, for: 500ms }]
`;
      const calm = (trial: Trial): boolean =>
        isCalm(trial) && (connections > 1 || longestButOne(trial) < LONG_ROUND_TRIP);
      const trials = await calmTrials('stopped', yaml, seconds, count(1, 10), calm);
      if (trials === undefined) t.skip('the machine spoiled every trial');
      for (const trial of trials ?? []) {
        assert.equal(trial.load.planned, seconds * 100);
        holdAgainst(stoppedServer(trial, connections), trial, t);
      }
    });
  }
});

function holdAgainst(expected: readonly number[], { load }: Trial, t: TestContext): void {
  assert.deepEqual(load.outcomes, { ok: load.planned });
  const measured = quantiles(load.histograms.response, ...FRACTIONS);
  const off = measured.map((value, i) => (value - (expected[i] ?? 0)) / MS);
  const [lag = Number.NaN] = quantiles(load.histograms.releaseLag, 0.99);
  t.diagnostic(`off by ${off.map((ms) => ms.toFixed(2)).join(', ')} ms, lag p99 ${(lag / MS).toFixed(3)} ms`);
  for (const [i, ms] of off.entries()) assert.ok(Math.abs(ms) <= 2, `quantile ${FRACTIONS[i]} is off by ${ms} ms`);
}

/** A quantile that nothing is held against, amid those that wait. */
const CATCHING_UP = 0.95;

/**
 * Response times by nearest rank of the trial's requests, one every 10 ms, to a server that answers at once but for its
 * stop. Those that waited are then answered one after the other: each a round trip later on one connection, on many as fast
 * as the application catches up: faster than a request costs it otherwise, which finds it asleep.
 */
function stoppedServer(trial: Trial, connections: number): readonly number[] {
  const { load, timeline, usage } = trial;
  const [stopped = 0, resumed = 0] = timeline.events.map(({ actual }) => actual);
  const [roundTrip = 0] = quantiles(load.histograms.service, 0.1);
  const work = (usage.components['server.app']?.cpuNs ?? 0) / load.planned;
  const period = 10 * MS;
  const length = resumed - Math.ceil(stopped / period) * period;
  const each = connections === 1 ? roundTrip : catchUpOf(trial, CATCHING_UP, { length, period, most: work });
  let waiting = 0;
  const times = Array.from({ length: load.planned }, (_, i) => {
    const due = i * period;
    if (due < stopped || due >= resumed) return 0;
    waiting += 1;
    return resumed - due + (waiting - 1) * each;
  }).sort((a, b) => a - b);
  return FRACTIONS.map((fraction) => times[Math.ceil(fraction * times.length) - 1] ?? 0);
}
