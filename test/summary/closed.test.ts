import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { vetoes } from '../../src/gate/index.ts';
import { initHistograms } from '../../src/metrics/index.ts';
import { renderMarkdown, renderText } from '../../src/report/index.ts';
import { answer, type Summary, summarize } from '../../src/summary/index.ts';
import { type HandTrial, handRecord, usage } from '../support/hand.ts';

/** Six blocks in which `direct` answers 200 requests a second and `outbound` half of them, in closed loops. */
function saturated(outboundLoop: 'open' | 'closed' = 'closed'): Summary {
  const trial = (variant: string, block: number, ok: number, loadMs: number): HandTrial => ({
    ...{ block, variant, response: [], releaseLag: [], queueWait: [] },
    service: Array<number>(ok).fill(1000),
    outcomes: { ok },
    usage: usage({ 'client.load': { cpuMs: loadMs, rssMb: 50 }, 'server.app': { cpuMs: 100, rssMb: 50 } }),
  });
  const trials = Array.from({ length: 6 }, (_, block) => [
    trial('direct', block, 200 + block, 990),
    trial('outbound', block, 100 + block, 400),
  ]);
  const outbound = outboundLoop === 'closed' ? { offeredRate: null } : {};
  const variants = [
    { name: 'direct', offeredRate: null },
    { name: 'outbound', ...outbound },
  ];
  return summarize(handRecord(trials.flat(), { variants }));
}

describe('the summary of closed loops', () => {
  before(initHistograms);

  test('has the rate that saturates, and no response time, with the reason', () => {
    const [direct] = saturated().variants;
    assert.equal(direct?.loop, 'closed');
    assert.equal(direct?.offeredRate, null);
    assert.equal(direct?.overloaded, false);
    assert.equal(direct?.achievedRate, 202.5);
    assert.equal(direct?.responseNs.p50, null);
    assert.match(direct?.responseNs.reasons['p50'] ?? '', /closed loop no request is due at a time/u);
    assert.equal(direct?.serviceNs.p50, 1000);
  });

  test('compares rates, of which more is better, and no latencies', () => {
    const { comparisons } = saturated();
    assert.deepEqual(
      comparisons.map(({ metric }) => metric),
      ['achievedRate', 'cpuMsPer1k', 'rssBytes'],
    );
    const [rate] = comparisons;
    assert.ok(rate?.ratio != null && rate.ratio.upper < 0.52 && rate.ratio.lower > 0.49);
    assert.equal(rate.conclusion, 'worse');
    assert.equal(rate.unit, '1/s');
  });

  test('compares an open loop with a closed one in what a request costs alone', () => {
    const { comparisons } = saturated('open');
    assert.deepEqual(
      comparisons.map(({ metric }) => metric),
      ['cpuMsPer1k', 'rssBytes'],
    );
  });

  test('answers with what saturates, and every report says what its times are not', () => {
    const summary = saturated();
    const said = answer(summary);
    assert.match(
      said,
      /direct at 20[23](?:\.\d)?\/s, outbound at 10[23](?:\.\d)?\/s is what saturates \(medians of 6 blocks\)/u,
    );
    assert.match(said, /outbound takes ×0\.51 \(.*96\.9 % interval\) of what direct takes/u);
    for (const text of [renderText(summary, { width: 500, color: false }), renderMarkdown(summary)]) {
      assert.match(text, /closed loop, which asks a slow system less/u);
    }
  });

  test('doubts a rate at which the load itself had no processor left', () => {
    const doubts = saturated().doubts.filter((doubt) => doubt.includes('it may be the load that was saturated'));
    assert.equal(doubts.length, 1);
    assert.match(doubts[0] ?? '', /^The closed loop of direct kept its own core busy for 99\.0 %/u);
  });

  test('is vetoed by the machine, and not by a lateness that it cannot have', () => {
    const calm = { stealShare: 0, outsideCpuShare: 0, lostIntervals: 0 };
    assert.deepEqual(vetoes(calm), []);
    assert.deepEqual(
      vetoes({ ...calm, stealShare: 1, lostIntervals: 1 }).map(({ signal }) => signal),
      ['steal', 'lostIntervals'],
    );
  });
});
