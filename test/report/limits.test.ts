import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { draw } from '../../src/report/charts/draw.ts';
import { cpuChart } from '../../src/report/charts/stacked.ts';
import { renderHtml, renderMarkdown, renderText } from '../../src/report/index.ts';
import { throttledTable } from '../../src/report/tables/limits.ts';
import type { Summary, VariantSummary } from '../../src/summary/index.ts';
import { CONTEXT, summaryFixture } from '../support/summary.ts';

/** The second variant with a limit of half a core on its sidecar, which was felt. */
function limited(settings: Readonly<Record<string, unknown>> = { mesh: { envoy: { cpuLimit: 0.5 } } }): Summary {
  const summary = summaryFixture();
  const [direct, outbound] = summary.variants;
  assert.ok(direct !== undefined && outbound !== undefined);
  const { components } = outbound.cpu;
  const envoy = components['client.envoy'];
  assert.ok(envoy !== undefined);
  const throttled = { seconds: 1.23, periodsPercent: 41.5 };
  const variant: VariantSummary = {
    ...outbound,
    settings,
    cpu: { ...outbound.cpu, components: { ...components, 'client.envoy': { ...envoy, throttled } } },
  };
  return { ...summary, variants: [direct, variant] };
}

describe('a limit on processor time', () => {
  test('is told with what was felt of it, in every format', async () => {
    const summary = limited();
    const [row, ...others] = throttledTable(summary).rows.map((cells) => cells.map(({ text }) => text));
    assert.deepEqual(others, []);
    assert.deepEqual(row, ['outbound', 'client.envoy', '0.50 cores', '41.5 %', '1.23 s']);
    const formats = [
      renderText(summary, { width: 100, color: false }),
      renderMarkdown(summary),
      await renderHtml(summary, CONTEXT),
    ];
    for (const format of formats) {
      assert.match(format, /Limits on processor time and how they were felt/u);
      assert.match(format, /0\.50 cores.*41\.5 %.*1\.23 s/su);
    }
  });

  test('stands beside its bar', async () => {
    const svg = await draw(cpuChart(limited())?.spec(490) ?? assert.fail(), 490);
    assert.match(svg, />outbound: 91\.5 ms, throttled in 41\.5 % of periods</u);
  });

  test('that no setting asks for is a dash with its reason', () => {
    const cell = throttledTable(limited({})).rows[0]?.[2];
    assert.deepEqual(cell, { text: '–', note: 'no setting of the scenario limits it' });
  });

  test('is not spoken of where there is none', async () => {
    const summary = summaryFixture();
    const formats = [
      renderText(summary, { width: 100, color: false }),
      renderMarkdown(summary),
      await renderHtml(summary, CONTEXT),
    ];
    for (const format of formats) assert.doesNotMatch(format, /throttled|Limits on processor time/u);
  });
});
