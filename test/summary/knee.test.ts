import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { initHistograms } from '../../src/metrics/index.ts';
import type { Trial } from '../../src/record/index.ts';
import { renderHtml, renderMarkdown, renderText } from '../../src/report/index.ts';
import { KneeSearch } from '../../src/stats/index.ts';
import { answer, nextRate, ownLateness, summarize } from '../../src/summary/index.ts';
import { type HandTrial, handRecord } from '../support/hand.ts';

const KNEE = { slo: 'p99 < 1500ns', from: 10, to: 1000 };
const VARIANTS = [{ name: 'direct' }, { name: 'outbound' }];
const LATE: Trial['vetoes'] = [{ signal: 'releaseLag', value: 2, limit: 1, unit: 'ns', text: 'Late.' }];

/** A trial at a rate, all of whose requests take the same time. */
function at(variant: string, rate: number, ns: number, more: Partial<HandTrial> = {}): HandTrial {
  return { block: 0, variant, rate, response: Array<number>(Math.round(rate)).fill(ns), ...more };
}

/** Trials as a system would answer whose time passes the limit at `knee`, for as long as the search asks. */
function searched(knees: Readonly<Record<string, number>>, most = 30): readonly HandTrial[] {
  const trials: HandTrial[] = [];
  for (let round = 0; round < most; round += 1) {
    const asked = Object.keys(knees).flatMap((variant) => {
      const rate = nextRate(record(trials, most), variant);
      return rate === undefined ? [] : [{ variant, rate: Math.round(rate) }];
    });
    if (asked.length === 0) break;
    for (const { variant, rate } of asked) {
      trials.push({ ...at(variant, rate, rate < (knees[variant] ?? 0) ? 1000 : 2000), block: round });
    }
  }
  return trials;
}

function record(trials: readonly HandTrial[], blocks = 30) {
  return handRecord(trials, { variants: VARIANTS, knee: KNEE, blocks });
}

describe('a knee', () => {
  before(initHistograms);

  test('is found by the trials of a record, which always ask for the same next rate', () => {
    const trials = searched({ direct: 600, outbound: 200 });
    const again = searched({ direct: 600, outbound: 200 });
    assert.deepEqual(
      trials.map(({ rate }) => rate),
      again.map(({ rate }) => rate),
    );
    assert.ok(trials.length <= 32, `${trials.length} trials`);
    const { knees = [], kneeRatios = [] } = summarize(record(trials));
    for (const [knee, truth] of [
      [knees[0], 600],
      [knees[1], 200],
    ] as const) {
      assert.ok(knee?.rate != null && knee.known);
      assert.ok(knee.rate.lower <= truth * 1.01 && truth * 0.99 <= knee.rate.upper, JSON.stringify(knee.rate));
    }
    const [ratio] = kneeRatios;
    assert.deepEqual([ratio?.baseline, ratio?.candidate], ['direct', 'outbound']);
    assert.ok(ratio !== undefined && ratio.ratio.lower < 1 / 3 && 1 / 3 < ratio.ratio.upper);
  });

  test('counts sound trials alone, and asks again what was vetoed', () => {
    const first = nextRate(record([]), 'direct') ?? 0;
    const vetoed = record([at('direct', first, 1000, { vetoed: true })]);
    assert.equal(nextRate(vetoed, 'direct'), first);
    assert.equal(summarize(vetoed).knees?.[0]?.points.length, 0);
    assert.notEqual(nextRate(record([at('direct', first, 1000)]), 'direct'), first);
  });

  test('stays below what our own loop cannot offer, and says that the knee may lie above', () => {
    const late = (rate: number) => at('direct', rate, 1000, { vetoed: LATE });
    const one = record([late(500)]);
    const two = record([late(500), late(500)]);
    assert.equal(summarize(one).knees?.[0]?.range.to, 1000);
    assert.equal(summarize(two).knees?.[0]?.range.to, 475);
    assert.ok((nextRate(two, 'direct') ?? 1000) < 475);
    assert.ok(two.trials.every(ownLateness));
    const held = [100, 200, 300, 400, 430, 450, 460, 470].map((rate) => at('direct', rate, 1000));
    const { knees, doubts } = summarize(record([late(500), late(500), ...held]));
    assert.equal(knees?.[0]?.place, 'above');
    assert.ok(
      doubts.some((doubt) => doubt.includes('may lie above 475/s')),
      doubts.join(' '),
    );
  });

  for (const [what, trial, held, latencyNs] of [
    ['is below the limit', at('direct', 100, 1000), true, 1000],
    ['is above it', at('direct', 100, 1600), false, 1600],
    ['holds, but so many failed that p99 is one of them', failing(2), false, null],
    ['holds, with fewer that failed', failing(1), true, 1000],
    ['holds, but half was not dealt with', at('direct', 100, 1000, { planned: 200 }), false, null],
  ] as const) {
    test(`a trial whose p99 ${what} is ${held ? 'held' : 'not held'}`, () => {
      const [point] = summarize(record([trial])).knees?.[0]?.points ?? [];
      assert.deepEqual([point?.held, point?.latencyNs], [held, latencyNs]);
    });
  }

  function failing(count: number): HandTrial {
    const ok = 100 - count;
    return { ...at('direct', 100, 1000), response: Array<number>(ok).fill(1000), outcomes: { ok, status: count } };
  }

  test('may have several conditions, all of which must hold', () => {
    const errors = { ...KNEE, slo: 'p50 < 1500ns and errors < 1%' };
    const held = (count: number): boolean | undefined => {
      const found = summarize(handRecord([failing(count)], { variants: VARIANTS, knee: errors }));
      return found.knees?.[0]?.points[0]?.held;
    };
    assert.deepEqual([held(0), held(1)], [true, false]);
  });

  test('takes the place of figures over all trials, whose rates differ', () => {
    const summary = summarize(record(searched({ direct: 600, outbound: 200 })));
    for (const variant of summary.variants) assert.deepEqual([variant.trials, variant.responseNs.p50], [0, null]);
    assert.deepEqual(summary.comparisons, []);
    assert.equal(summary.verdict, 'none');
  });

  test('is in every report: the answer, a table, and latency over rate with the limit', async () => {
    const summary = summarize(record(searched({ direct: 600, outbound: 200 })));
    assert.match(
      answer(summary),
      /^p99 < 1500ns holds with direct up to \d+\/s \(.*95 % interval, \d+ trials\); with outbound/u,
    );
    assert.match(answer(summary), /The knee of outbound is ×0\.3\d+ \(.*\) that of direct\.$/u);
    const html = await renderHtml(summary, { command: 'x', files: [] });
    assert.match(html, /Latency over rate/u);
    assert.match(html, /aria-label="Latency over offered rate\. direct holds p99 &lt; 1500ns up to/u);
    assert.doesNotMatch(html, /id="charts"/u);
    for (const text of [renderText(summary, { width: 200, color: false }), renderMarkdown(summary), html]) {
      assert.match(text, /Knee: the highest rate that holds/u);
      assert.match(text, /narrow enough/u);
    }
  });

  test('nothing is claimed of a search without a sound trial', async () => {
    const summary = summarize(record([at('direct', 100, 1000, { vetoed: true })]));
    assert.equal(summary.knees?.[0]?.rate, null);
    assert.match(answer(summary), /no answer/u);
    assert.match(await renderHtml(summary, { command: 'x', files: [] }), /No trial was sound/u);
    assert.deepEqual(summary.kneeRatios, []);
  });

  test('of a trial that holds at every rate lies above the range', () => {
    const { knees } = summarize(record(searched({ direct: 1e9 })));
    assert.equal(knees?.[0]?.place, 'above');
    assert.ok(new KneeSearch(KNEE, []).knee.place === 'within');
  });
});
