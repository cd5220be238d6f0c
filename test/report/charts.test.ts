import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { linearDomain, logAxis } from '../../src/report/charts/axes.ts';
import type { Chart } from '../../src/report/charts/chart.ts';
import { draw } from '../../src/report/charts/draw.ts';
import { forestChart } from '../../src/report/charts/forest.ts';
import { SIGNALS, seriesChart } from '../../src/report/charts/series.ts';
import { spectrumChart } from '../../src/report/charts/spectrum.ts';
import { cpuChart, memoryChart } from '../../src/report/charts/stacked.ts';
import { trialsChart } from '../../src/report/charts/trials.ts';
import type { Summary } from '../../src/summary/index.ts';
import { assertGolden } from '../support/golden.ts';
import { hostileSummary } from '../support/hostile-summary.ts';
import { interceptionSummary } from '../support/interception.ts';
import { emptySummary, failingSummary, invalidSummary, matrixSummary, quickSummary } from '../support/summaries.ts';
import { summaryFixture } from '../support/summary.ts';

const WIDTH = 490;

function chartsOf(summary: Summary): readonly Chart[] {
  const widths = [WIDTH];
  return [
    spectrumChart(summary, summary.variants, '', widths),
    trialsChart(summary, 'p50'),
    forestChart(summary, 'p50'),
    forestChart(summary, 'p99'),
    cpuChart(summary),
    memoryChart(summary),
    ...Object.values(SIGNALS).map((signal) => seriesChart(summary, summary.variants, signal, { widths })),
  ].filter((chart) => chart !== undefined);
}

async function drawn(chart: Chart | undefined): Promise<string> {
  assert.ok(chart !== undefined);
  return draw(chart.spec(WIDTH), WIDTH);
}

describe('charts', () => {
  test('the spectrum as a whole', async () => {
    const summary = summaryFixture();
    assertGolden('report/spectrum.svg', await drawn(spectrumChart(summary, summary.variants, '', [WIDTH])));
  });

  test('there is one mark per trial, in the colour of its variant', async () => {
    const svg = await drawn(trialsChart(summaryFixture(), 'p90'));
    for (const colour of ['--v0', '--v1']) {
      assert.equal(svg.split(`fill="var(${colour})"`).length - 1, 6, colour);
    }
  });

  test('what a variant adds is drawn where it can be told, and none is made up', () => {
    assert.match(forestChart(summaryFixture(), 'p50')?.label ?? '', /\+92\.1 µs \(\+89\.0 µs to \+95\.2 µs\), worse/u);
    assert.equal(forestChart(quickSummary(), 'p50'), undefined);
  });

  test('one row per variant: its name, its interval in its own colour and shape, against the line at zero', async () => {
    const summary = await interceptionSummary();
    const chart = forestChart(summary, 'p50');
    const svg = await drawn(chart);
    const texts = textsOf(svg);
    const candidates = summary.variants.slice(1);
    for (const { name } of candidates) assert.equal(texts.filter((text) => text === name).length, 1, name);
    assert.equal(texts.filter((text) => /^[✕✓≈?] \+\d+/u.test(text)).length, candidates.length);
    const marks = [...svg.matchAll(/<path transform="translate\([\d.,]+\)" d="([^"]+)" fill="(var\(--v\d\))"/gu)];
    assert.equal(new Set(marks.map(([, shape, colour]) => `${shape} ${colour}`)).size, candidates.length);
    assert.match(svg, /<line transform="translate\([\d.]+,0\)" y2="\d+" stroke="var\(--ink\)"/u);
  });

  test('points of a matrix have a row each, under their own name', async () => {
    const texts = textsOf(await drawn(forestChart(matrixSummary(), 'p50')));
    assert.ok(
      texts.some((text) => text.endsWith('   outbound at load.rate=500/s load.connections=1')),
      texts.join('\n'),
    );
  });

  test('the percentiles are labelled, with units on the other axis', async () => {
    const summary = summaryFixture();
    const texts = textsOf(await drawn(spectrumChart(summary, summary.variants, '', [1000]))).join();
    assert.match(texts, /50 %,90 %,99 %,99\.9 %/u);
    assert.match(texts, /100 µs.*1 ms/u);
  });

  test('a bar holds what was measured, each component with its run delay, and nothing that measures', async () => {
    const chart = cpuChart(summaryFixture());
    const svg = await drawn(chart);
    const bars = [...svg.matchAll(/<path [^>]*fill="(?<fill>[^"]*)" stroke="(?<stroke>[^"]*)"/gu)].map(({ groups }) => {
      return `${groups?.['fill']} in ${groups?.['stroke']}`;
    });
    const [app, envoy] = ['var(--c0)', 'var(--c1)'];
    const paper = 'var(--paper)';
    assert.deepEqual(
      bars,
      [app, app, envoy].flatMap((colour) => [`${colour} in ${paper}`, `${paper} in ${colour}`]),
    );
    assert.match(textsOf(svg).join(), /outbound: 91\.5 ms/u);
    assert.match(chart?.label ?? '', /client\.envoy 41\.9 ms and 950 µs of run delay/u);
  });

  test('an hour is drawn in groups of seconds that keep the worst p99', () => {
    const summary = failingSummary();
    const series = Array.from({ length: 3600 }, (_, second) => ({
      second,
      requests: 2000,
      errors: 0,
      p50: 60_000,
      p99: second === 1234 ? 900_000_000 : 500_000,
      cpuCores: {},
    }));
    const long = { ...summary, variants: summary.variants.map((variant) => ({ ...variant, series })) };
    const label = seriesChart(long, long.variants, SIGNALS.p99, { widths: [WIDTH] })?.label ?? '';
    assert.match(label, /drawn in groups of 24 s.*to 900 ms/u);
  });

  test('without trials there are no charts', () => assert.deepEqual(chartsOf(emptySummary()), []));

  test('Vega warns of nothing, gives no ids, and two drawings are the same', async () => {
    const summaries = [
      summaryFixture(),
      await interceptionSummary(),
      quickSummary(),
      invalidSummary(),
      failingSummary(),
      matrixSummary(),
      hostileSummary(),
    ];
    for (const chart of summaries.flatMap(chartsOf)) {
      const warnings: string[] = [];
      const once = await draw(chart.spec(WIDTH), WIDTH, (text) => warnings.push(text));
      assert.deepEqual(warnings, []);
      assert.doesNotMatch(once, / id=|url\(|NaN|undefined/u);
      assert.equal(await draw(chart.spec(WIDTH), WIDTH), once);
    }
  });

  test('names stay text', async () => {
    const name = '</text><script>alert(1)</script>{{datum.x}} {"signal":"1"}';
    const summary = summaryFixture();
    const renamed = { ...summary, variants: summary.variants.map((variant) => ({ ...variant, name, base: name })) };
    const svg = await drawn(trialsChart(renamed, 'p50'));
    assert.doesNotMatch(svg, /<script/u);
    assert.ok(textsOf(svg).includes('&lt;/text&gt;&lt;script&gt;alert(1)&lt;/script&gt;{{datum.x}} {"signal":"1"}'));
  });
});

describe('axes', () => {
  const logs: readonly (readonly [string, readonly number[], ReturnType<typeof logAxis>])[] = [
    ['nothing positive', [0, -1, Number.NaN], undefined],
    ['ends between ticks', [60, 460], { domain: [60 / 1.15, 460 * 1.15], ticks: [100, 200, 500] }],
    ['one tick is too few: rounded ends', [77, 170], { domain: [50, 200], ticks: [50, 100, 200] }],
    ['one value on a tick', [100], { domain: [100, 200], ticks: [100, 200] }],
    ['one value between ticks', [150], { domain: [100, 200], ticks: [100, 200] }],
    [
      'many decades keep powers of ten',
      [3, 4e6],
      { domain: [3 / 1.15, 4e6 * 1.15], ticks: [10, 100, 1e3, 1e4, 1e5, 1e6] },
    ],
  ];
  for (const [what, values, expected] of logs) {
    test(`logarithmic: ${what}`, () => assert.deepEqual(logAxis(values), expected));
  }
  test('linear: room on both sides', () => assert.deepEqual(linearDomain([0, 100]), [-5, 105]));
  test('linear: one value is no empty range', () => {
    assert.deepEqual(linearDomain([40]), [38, 42]);
    assert.deepEqual(linearDomain([0]), [-1, 1]);
  });
});

function textsOf(svg: string): readonly string[] {
  return [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/gu)].map(([, text]) => text ?? '');
}
