import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { initHistograms } from '../../src/metrics/index.ts';
import { summarize } from '../../src/summary/index.ts';
import { counting, type HandTrial, handRecord, only, usage } from '../support/hand.ts';

before(initHistograms);

describe('usage', () => {
  const components = (app: number, envoy: number) => ({
    usage: usage({
      'client.load': { cpuMs: 50, rssMb: 70 },
      'server.app': { cpuMs: app, rssMb: 40 },
      'client.envoy': { cpuMs: envoy, rssMb: 60 },
      harness: { cpuMs: 5, rssMb: 90 },
    }),
  });

  test('is the median over trials by component, per 1,000 answers', () => {
    const response = counting(200);
    const variant = only([
      { response, ...components(10, 20) },
      { response, ...components(14, 20) },
      { response, ...components(12, 26) },
    ]);
    const { components: cpu, machine } = variant.cpu;
    assert.deepEqual(Object.keys(cpu), ['client.envoy', 'client.load', 'harness', 'server.app']);
    assert.deepEqual(cpu['server.app'], { coreSeconds: 0.012, cpuMsPer1k: 60, runDelaySeconds: 0.0012 });
    assert.equal(cpu['client.envoy']?.coreSeconds, 0.02);
    // The system under test: 30, 34 and 38 ms in 200 answers.
    assert.deepEqual(
      variant.perTrial.map(({ cpuMsPer1k }) => cpuMsPer1k),
      [150, 170, 190],
    );
    assert.ok(Math.abs((machine.busyCores ?? 0) - (50 + 34 + 5 + 1) / 1000) < 1e-9);
    assert.deepEqual([machine.stealPercent, machine.unattributedCores], [0, 0.001]);
    assert.deepEqual(variant.memory.components['client.envoy'], { rssBytes: 60e6, pssBytes: null, peakBytes: 120e6 });
  });

  test('has how a limited component was held back, and nothing of it for the others', () => {
    const held = (throttledPeriods: number, periods: number) => {
      const { usage: whole } = components(10, 20);
      const envoy = whole.components['client.envoy'];
      assert.ok(envoy !== undefined);
      const throttling = { periods, throttledPeriods, throttledNs: throttledPeriods * 50e6 };
      return { usage: { ...whole, components: { ...whole.components, 'client.envoy': { ...envoy, throttling } } } };
    };
    const response = counting(200);
    const variant = only([
      { response, ...held(2, 10) },
      { response, ...held(0, 0) },
      { response, ...held(9, 10) },
    ]);
    assert.deepEqual(variant.cpu.components['client.envoy']?.throttled, { seconds: 0.1, periodsPercent: 20 });
    assert.ok(!('throttled' in (variant.cpu.components['server.app'] ?? {})));
  });

  test('is divided by what was answered within the measurement, not by what was offered', () => {
    const variant = only([
      {
        response: counting(100),
        planned: 1000,
        outcomes: { ok: 1000 },
        intervals: [
          { second: 0, outcomes: { ok: 500 } },
          { second: 1, outcomes: { ok: 500 } },
        ],
        ...components(100, 0),
      },
    ]);
    const cost = variant.cpu.components['server.app']?.cpuMsPer1k ?? 0;
    assert.ok(Math.abs(cost - 200) < 0.1, `${cost}`);
  });

  test('per 1,000 answers is missing, with its reason, where there was no answer', () => {
    const variant = only([{ response: [], outcomes: { timeout: 3 }, ...components(10, 20) }]);
    assert.equal(variant.cpu.components['server.app']?.cpuMsPer1k, null);
    assert.match(variant.cpu.reasons['cpuMsPer1k'] ?? '', /no request was answered/u);
    assert.equal(variant.cpu.components['server.app']?.coreSeconds, 0.01);
  });

  test("has no run delay, and a doubt instead, where Docker's API told of whole containers", () => {
    const { usage: whole } = components(10, 20);
    const untold = { runDelayNs: null, voluntarySwitches: null, involuntarySwitches: null, threads: [] };
    const told = Object.entries(whole.components).map(
      ([name, one]) => [name, { ...one, ...untold, source: 'docker' as const }] as const,
    );
    const summary = summarize(handRecord(sixOf({ usage: { ...whole, components: Object.fromEntries(told) } })));
    const { 'server.app': app } = summary.variants[0]?.cpu.components ?? {};
    assert.deepEqual([app?.source, app?.runDelaySeconds, app?.coreSeconds], ['docker', null, 0.01]);
    assert.match(summary.doubts.join(), /direct and outbound used was told by Docker's API: of whole containers/u);
    assert.doesNotMatch(summarize(handRecord(sixOf(components(10, 20)))).doubts.join(), /Docker/u);
  });

  test('leaves the load and the harness out of the system under test', () => {
    const summary = summarize(
      handRecord(sixOf(components(10, 20)), { thresholds: [{ metric: 'rssBytes', below: '101MB' }] }),
    );
    assert.deepEqual(
      summary.thresholds.map(({ value }) => value?.estimate),
      [100e6, 100e6],
    );
  });
});

function sixOf(more: Partial<HandTrial>): HandTrial[] {
  return counting(6).flatMap((block) =>
    ['direct', 'outbound'].map((variant) => ({ block, variant, response: [1], ...more })),
  );
}

describe('the spectrum', () => {
  for (const [n, furthest] of [
    [10, 0],
    [100, 0.9],
    [399, 0.95],
    [400, 0.975],
    [1000, 0.99],
    [2000, 0.995],
  ] as const) {
    test(`of ${n} requests ends at ${furthest}, where ten lie beyond`, () => {
      const { spectrum } = only([{ response: counting(n) }, { response: counting(n + 500) }]);
      assert.equal(spectrum.at(-1)?.fraction, furthest);
      assert.equal(spectrum[0]?.fraction, 0);
    });
  }

  test('has the medians over trials and rises', () => {
    const { spectrum } = only([
      { response: counting(100) },
      { response: counting(100).map((ns) => ns + 100) },
      { response: counting(100).map((ns) => ns + 10) },
    ]);
    const at = new Map(spectrum.map(({ fraction, ns }) => [fraction, ns]));
    assert.deepEqual([at.get(0), at.get(0.5), at.get(0.9)], [11, 60, 100]);
    assert.deepEqual(
      spectrum.map(({ ns }) => ns),
      spectrum.map(({ ns }) => ns).toSorted((a, b) => a - b),
    );
  });

  test('is empty where nothing succeeded', () => {
    assert.deepEqual(only([{ response: [], outcomes: { timeout: 1 } }]).spectrum, []);
  });
});

describe('the series', () => {
  test('is the median over trials of every second, with silence as none', () => {
    const point = (atNs: number, cpuNs: number) => {
      return { atNs, spanNs: 1e9, components: { 'server.app': { cpuNs, rssBytes: 1 } }, busyNs: 0, stealNs: 0 };
    };
    const { series } = only([
      {
        response: [],
        outcomes: { ok: 2, timeout: 1 },
        intervals: [
          { second: 0, outcomes: { ok: 2 }, response: [100, 300] },
          { second: 2, outcomes: { timeout: 1 } },
        ],
        usage: { series: [point(0, 5e8), point(1.001e9, 2e8)] },
      },
      {
        response: [],
        outcomes: { ok: 4 },
        intervals: [{ second: 0, outcomes: { ok: 4 }, response: [200, 200, 500, 600] }],
        usage: { series: [point(0, 7e8), point(0.999e9, 4e8)] },
      },
    ]);
    assert.deepEqual(series, [
      { second: 0, requests: 3, errors: 0, p50: 150, p99: 450, cpuCores: { 'server.app': 0.6 } },
      { second: 1, requests: 0, errors: 0, p50: null, p99: null, cpuCores: { 'server.app': 0.30000000000000004 } },
      { second: 2, requests: 0.5, errors: 0.5, p50: null, p99: null, cpuCores: {} },
    ]);
  });
});
