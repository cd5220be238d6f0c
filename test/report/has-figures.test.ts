import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { renderHtml, renderMarkdown, renderText } from '../../src/report/index.ts';
import type { Summary } from '../../src/summary/index.ts';
import { summaryFixture } from '../support/summary.ts';

const CONTEXT = { command: 'x', files: [] };

/** A run of `calibrate`: no block was asked for. */
function calibrated(): Summary {
  const summary = summaryFixture();
  const nothing = { trials: 0, perTrial: [], spectrum: [], series: [] };
  return {
    ...summary,
    blocks: { planned: 0, measured: 0, incomplete: 0 },
    trials: { measured: 0, vetoed: 0 },
    variants: summary.variants.map((variant) => ({ ...variant, ...nothing })),
    comparisons: [],
  };
}

describe('a run that only calibrates', () => {
  test('has its certificate in every report, and no table of what it did not measure', async () => {
    const summary = calibrated();
    const texts = [
      renderText(summary, { width: 200, color: false }),
      renderMarkdown(summary),
      await renderHtml(summary, CONTEXT),
    ];
    for (const text of texts) {
      assert.match(text, /Certificate: the harness against what is known/u);
      assert.doesNotMatch(text, /Response time, errors and cost|0 of 0 blocks/u);
    }
    const [, , html = ''] = texts;
    assert.doesNotMatch(html, /id="(?:results|charts|configuration)"|href="#(?:results|charts|configuration)"/u);
    assert.match(html, /href="#harness"/u);
  });
});

describe('charts', () => {
  const undecided = (summary: Summary): Summary => ({
    ...summary,
    comparisons: summary.comparisons.map((one) => ({ ...one, conclusion: 'cannot-tell' as const })),
  });
  const order = async (summary: Summary): Promise<readonly string[]> => {
    const html = await renderHtml(summary, CONTEXT);
    return [...html.matchAll(/<section id="(results|charts)"/gu)].map(([, id = '']) => id);
  };

  test('come first where no comparison could be told and nothing is gated, and after the results otherwise', async () => {
    const summary = summaryFixture({ thresholds: [] });
    assert.deepEqual(await order(summary), ['results', 'charts']);
    assert.deepEqual(await order(undecided(summary)), ['charts', 'results']);
    const threshold = {
      ...{ variant: 'direct', metric: 'errors', below: 0.01, unit: 'share', value: null },
      ...{ result: 'cannot-tell' as const, reason: '' },
    };
    assert.deepEqual(await order({ ...undecided(summary), thresholds: [threshold] }), ['results', 'charts']);
  });
});
