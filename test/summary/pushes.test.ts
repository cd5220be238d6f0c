import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { initHistograms } from '../../src/metrics/index.ts';
import { renderHtml, renderMarkdown, renderText } from '../../src/report/index.ts';
import { answer, summarize } from '../../src/summary/index.ts';
import { BACK, PUSH, pushedRecord } from '../support/pushed.ts';
import { DIRECT, OUTBOUND, syntheticRecord } from '../support/record.ts';

before(initHistograms);

describe('what was pushed', () => {
  test('is told with its propagation, what it sent to each, and whom it harmed', async () => {
    const [variant] = summarize(await pushedRecord([PUSH, BACK])).variants;
    const { differences, ...pushes } = variant?.pushes ?? {};
    assert.deepEqual(pushes, {
      count: 2,
      rolledBack: 2,
      sidecars: 2,
      propagationNs: { p50: 5e6, p99: 10e6, max: 10e6 },
      resources: 1,
      bytes: 600,
      encodeNs: 3e6,
      // In each of two trials: half a second at 500 requests a second.
      harmed: { requests: 500, failed: 80 },
      unled: { noCluster: 24, noHealthyUpstream: 2 },
    });
    assert.deepEqual(differences, [{ what: 'bad-route', resources: PUSH.difference?.resources, more: 3 }]);
  });

  test('harms nobody knows how many where not all failures were kept, or nobody watched', async () => {
    for (const made of [await pushedRecord([PUSH, BACK], 5), await pushedRecord([{ ...PUSH, watched: null }])])
      assert.equal(summarize(made).variants[0]?.pushes?.harmed, null);
  });

  test('is left out where nothing was', async () => {
    assert.equal(summarize(await pushedRecord([])).variants[0]?.pushes, undefined);
  });

  test('stands in the reports, field by field', async () => {
    const summary = summarize(await pushedRecord([PUSH, BACK]));
    const html = await renderHtml(summary, { files: [], command: 'meshbench run canary-push' });
    for (const text of [html, renderMarkdown(summary)]) {
      assert.match(text, /80 of 500/u);
      assert.match(text, /route\.cluster/u);
      assert.match(text, /and 3 more/u);
    }
  });
});

describe('the answer of a run with pushes', () => {
  const QUIET = { ...PUSH, what: 'endpoint', watched: null };

  test('says whom they harmed, where that was watched', async () => {
    const made = await pushedRecord([PUSH, BACK], 0, [DIRECT, OUTBOUND]);
    const trials = made.trials.map((trial) =>
      trial.variant === OUTBOUND.name ? { ...trial, load: { ...trial.load, failed: [] } } : trial,
    );
    assert.equal(
      answer(summarize({ ...made, trials })),
      'While pushes went out, 16.0 % of requests failed in direct (80 of 500), none in outbound.',
    );
  });

  test('says what failed in all, where a push ends what harmed before it', async () => {
    const reveal = { ...PUSH, what: 'reveal' };
    const { trials, ...made } = await pushedRecord([reveal], 0, [DIRECT, OUTBOUND]);
    const failing = trials.map((trial) =>
      trial.variant === DIRECT.name
        ? { ...trial, load: { ...trial.load, outcomes: { ok: 1000, status: 500 } } }
        : trial,
    );
    assert.equal(
      answer(summarize({ ...made, trials: failing })),
      'Over the whole measurement, 33.3 % of requests failed in direct (1,000 of 3,000), none in outbound.',
    );
  });

  test('says how soon sidecars had acknowledged them, and that no request noticed, where they were repeated', async () => {
    const summary = summarize(await pushedRecord([QUIET]));
    assert.match(
      answer(summary),
      /^Sidecars had acknowledged a push within 4\.00 ms at p50 and 8\.00 ms at p99 in direct \(600 B to each\)\. During and after the events /u,
    );
  });

  test('stands before comparisons, which are folded away', async () => {
    const summary = summarize(await pushedRecord([PUSH, BACK], 0, [DIRECT, OUTBOUND]));
    const page = await renderHtml(summary, { files: [], command: 'meshbench run canary-push' });
    const text = renderMarkdown(summary);
    for (const [told, folded] of [
      [page, '<summary>Comparisons of times and costs'],
      [text, '<summary>Every comparison</summary>'],
    ] as const) {
      const places = ['What was pushed', 'Before, during and after', 'Response time, errors and cost', folded].map(
        (part) => told.indexOf(part),
      );
      assert.ok(places.every((place) => place > 0));
      assert.deepEqual(
        places,
        places.toSorted((a, b) => a - b),
      );
    }
    assert.match(renderText(summary, { width: 100, color: false }), /16\.0 %/u);
  });
});

describe('around events', () => {
  test('seconds are counted before, during and after them, and all requests are in one', async () => {
    const made = await syntheticRecord({ variants: [DIRECT], blocks: 2, events: true });
    const [variant] = summarize(made).variants;
    const phases = variant?.phases ?? [];
    assert.deepEqual(
      phases.map(({ phase }) => phase),
      ['before', 'during', 'after'],
    );
    const ended = made.trials.flatMap(({ load }) => load.intervals.flatMap(({ outcomes }) => Object.values(outcomes)));
    assert.equal(
      phases.reduce((sum, { requests }) => sum + requests, 0),
      ended.reduce((sum, count) => sum + count, 0),
    );
    for (const { requests, p50, p99 } of phases) assert.ok(requests === 0 || (p50 ?? 0) <= (p99 ?? 0));
  });

  test('nothing is said without them', async () => {
    assert.equal(summarize(await syntheticRecord({ blocks: 1 })).variants[0]?.phases, undefined);
  });
});
