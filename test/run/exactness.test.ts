import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import { Histogram, initHistograms } from '../../src/metrics/index.ts';
import { readRecord, type Trial } from '../../src/record/index.ts';
import { meshbench, Scratch } from '../support/cli.ts';
import { count } from '../support/counts.ts';

/** How often a machine may spoil a trial before the test says that it cannot tell. */
const PATIENCE = 6;
const MS = 1e6;

/** How late an event may be so that it is still plain which requests it met: they are 10 ms apart, and it is amid two. */
const EVENT_LATENESS = 3 * MS;

/** Vetoed trials are not results; of the others only calm ones are held against arithmetic to the millisecond. */
function isCalm({ vetoes, load, timeline, usage }: Trial): boolean {
  const [lag = Number.NaN] = quantiles(load.histograms.releaseLag, 0.99);
  const steal = usage.machine.stealNs / (usage.windowNs * usage.machine.cores);
  const punctual = timeline.events.every(({ intended, actual }) => Math.abs(actual - intended) <= EVENT_LATENESS);
  return vetoes.length === 0 && lag < MS && steal < 0.02 && punctual;
}

/**
 * Measures until every variant has the wanted number of calm trials: arithmetic is asserted on those alone.
 * @returns the trials, or undefined when the machine spoiled too many.
 */
async function calmTrials(name: string, yaml: string, wanted: number): Promise<readonly Trial[] | undefined> {
  const good: Trial[] = [];
  const lags: number[] = [];
  for (let attempt = 0; attempt < wanted * PATIENCE; attempt += 1) {
    using scratch = new Scratch();
    const { code, stderr } = await meshbench(
      'run',
      scratch.scenario(name, yaml),
      '--trials',
      '1',
      '--out',
      scratch.folder,
      '--quiet',
    );
    assert.ok(code === 0 || code === 12, stderr);
    const { trials } = await readRecord(path.join(scratch.run(name), 'record.jsonl'));
    lags.push(...trials.flatMap(({ load }) => quantiles(load.histograms.releaseLag, 0.99)));
    good.push(...trials.filter(isCalm));
    const variants = new Set(trials.map(({ variant }) => variant));
    if ([...variants].every((variant) => good.filter((trial) => trial.variant === variant).length >= wanted))
      return good;
  }
  // Lag is our loop's: where no trial at all was free of it, the machine is no excuse.
  const least = Math.min(...lags);
  assert.ok(least < 100 * MS, `the system’s stop became our lag, ${least / MS} ms at least`);
  return undefined;
}

function quantiles(encoded: string, ...fractions: readonly number[]): number[] {
  using histogram = Histogram.decode(encoded);
  return fractions.map((fraction) => histogram.quantile(fraction) ?? Number.NaN);
}

const FRACTIONS = [0.5, 0.9, 0.99, 1] as const;

describe('what is measured is what arithmetic says, on trials that nothing spoiled', () => {
  test('a constant 50 ms answer at 10 rps on one connection', async (t) => {
    await initHistograms();
    const trials = await calmTrials(
      'constant',
      `question: Is a constant delay measured exactly?
variants: { direct: {} }
load: { rate: 10/s, connections: 1, warmup: 1s, duration: 5s }
app: { delay: 50ms }
`,
      count(1, 10),
    );
    if (trials === undefined) {
      t.skip('the machine spoiled every trial');
      return;
    }
    for (const { load } of trials) {
      assert.equal(load.planned, 50);
      assert.deepEqual(load.outcomes, { ok: 50 });
      const [p50 = Number.NaN] = quantiles(load.histograms.response, 0.5);
      t.diagnostic(`p50 ${(p50 / MS).toFixed(3)} ms`);
      assert.ok(Math.abs(p50 - 50 * MS) <= MS, `p50 ${p50 / MS} ms`);
    }
  });

  test('an application stopped for 500 ms once in 10 s at 100 rps, on 1 and on 32 connections', async (t) => {
    await initHistograms();
    const trials = await calmTrials(
      'stopped',
      `question: Is a stop charged to every request that was due in it?
variants:
  one: { load: { connections: 1 } }
  many: { load: { connections: 32 } }
load: { rate: 100/s, warmup: 1s, duration: 10s }
# Between two requests, so that it is plain which of them the stop meets.
events: [{ at: 4005ms, pause: server.app, for: 500ms }]
`,
      count(1, 10),
    );
    if (trials === undefined) {
      t.skip('the machine spoiled every trial');
      return;
    }
    for (const { load, timeline, variant, usage } of trials) {
      assert.deepEqual(load.outcomes, { ok: 1000 });
      const [stopped, resumed] = timeline.events.map(({ actual }) => actual);
      const [roundTrip = 0] = quantiles(load.histograms.service, 0.1);
      const work = (usage.components['server.app']?.cpuNs ?? 0) / load.planned;
      const expected = stoppedServer(stopped ?? 0, resumed ?? 0, variant === 'one' ? roundTrip : work);
      const measured = quantiles(load.histograms.response, ...FRACTIONS);
      const [lag = Number.NaN] = quantiles(load.histograms.releaseLag, 0.99);
      t.diagnostic(
        `${variant}: off by ${measured.map((value, i) => ((value - (expected[i] ?? 0)) / MS).toFixed(2)).join(', ')} ms, lag p99 ${(lag / MS).toFixed(3)} ms`,
      );
      for (const [i, fraction] of FRACTIONS.entries()) {
        const [is = Number.NaN, should = 0] = [measured[i], expected[i]];
        assert.ok(
          Math.abs(is - should) <= 2 * MS,
          `${variant}: quantile ${fraction} is ${is / MS} ms, not ${should / MS} ms`,
        );
      }
    }
  });
});

/**
 * Response times by nearest rank of 1,000 requests, one every 10 ms, to a server that answers at once but for its stop.
 * Those that waited are then answered one after the other, each `eachNs` later: a round trip on one connection, the
 * application's own work on many.
 */
function stoppedServer(stopped: number, resumed: number, eachNs: number): number[] {
  let waiting = 0;
  const times = Array.from({ length: 1000 }, (_, i) => {
    const due = i * 10 * MS;
    if (due < stopped || due >= resumed) return 0;
    waiting += 1;
    return resumed - due + (waiting - 1) * eachNs;
  }).sort((a, b) => a - b);
  return FRACTIONS.map((fraction) => times[Math.ceil(fraction * times.length) - 1] ?? 0);
}
