import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { initHistograms } from '../../src/metrics/index.ts';
import type { RunRecord, Trial } from '../../src/record/index.ts';
import { renderHtml, renderMarkdown, renderText } from '../../src/report/index.ts';
import { summarize } from '../../src/summary/index.ts';
import { PUSH, pushedRecord } from '../support/pushed.ts';

before(initHistograms);

const START = -1e9;
/** Acknowledged 8 ms after it went out, 2 ms late. */
const REVEAL = { ...PUSH, what: 'reveal', intended: 1e9, actual: 1.002e9, propagationNs: [8e6] };

async function withFirsts(firsts: NonNullable<Trial['load']['firsts']>): Promise<RunRecord> {
  const made = await pushedRecord([REVEAL]);
  const trials = made.trials.map((trial) => ({
    ...trial,
    timeline: { ...trial.timeline, phases: [{ name: 'warmup' as const, from: START, until: 0 }] },
    load: { ...trial.load, firsts },
  }));
  return { ...made, trials };
}

test('the first of each sidecar is that which was intended first, after a push once it was acknowledged and works', async () => {
  const made = await withFirsts([
    { at: START, intended: [START + 3e6, START, START + 1e6], serviceNs: [1e6, 20e6, 30e6], endpoint: [0, 0, 1] },
    { at: 1e9, intended: [1.001e9, 1.011e9, 1.012e9], serviceNs: [1e6, null, 5e6], endpoint: [0, 0, 0] },
  ]);
  const [variant] = summarize(made).variants;
  const [start, reveal, ...others] = variant?.firstRequests ?? [];
  assert.deepEqual(others, []);
  const later = variant?.serviceNs.p50 ?? 0;
  // In each of two trials.
  const { laterP99: _, ...sinceStart } = start ?? {};
  assert.deepEqual(sinceStart, {
    since: 'start',
    count: 4,
    failedBefore: 0,
    p50: 25e6,
    max: 30e6,
    laterP50: later,
    penaltyNs: 25e6 - later,
  });
  assert.deepEqual([reveal?.since, reveal?.count, reveal?.failedBefore, reveal?.p50], ['reveal', 2, 2, 5e6]);
});

test('reports have what it cost, and say what a first request pays besides', async () => {
  const firsts = [{ at: START, intended: [START], serviceNs: [20e6], endpoint: [0] }];
  const summary = summarize(await withFirsts(firsts));
  const html = await renderHtml(summary, { files: [], command: 'meshbench run lazy-miss' });
  for (const text of [html, renderMarkdown(summary), renderText(summary, { width: 120, color: false })]) {
    assert.match(text, /First requests/u);
    assert.match(text, /20\.0 ms/u);
    assert.match(text, /cold/u);
  }
});

test('where none succeeded there is no time, and the reports say why', async () => {
  const summary = summarize(await withFirsts([{ at: START, intended: [START], serviceNs: [null], endpoint: [0] }]));
  assert.equal(summary.variants[0]?.firstRequests?.[0]?.penaltyNs, null);
  assert.match(renderMarkdown(summary), /none of those that were looked at succeeded/u);
});

test('nothing is told where no control plane configured sidecars', async () => {
  assert.equal(summarize(await pushedRecord([])).variants[0]?.firstRequests, undefined);
});
