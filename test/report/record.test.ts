import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { renderHtml, renderJson, renderMarkdown, renderText } from '../../src/report/index.ts';
import { summarize } from '../../src/summary/index.ts';
import { syntheticRecord } from '../support/record.ts';
import { CONTEXT } from '../support/summary.ts';

const RUNS = {
  whole: {},
  'killed in its third block': { blocks: 2, incomplete: true, end: 'killed' },
  'with vetoes, errors and events': { blocks: 7, vetoedIn: [2], errors: true, events: true },
  quick: { quick: true, blocks: 2 },
} as const;

describe('a record alone gives the reports', () => {
  for (const [what, options] of Object.entries(RUNS)) {
    test(`${what}: the same bytes from the same record read twice`, async () => {
      const [first, second] = await Promise.all([reports(options), reports(options)]);
      assert.deepEqual(second, first);
      assert.ok(first.every((text) => text.length > 500));
    });
  }
});

async function reports(options: Parameters<typeof syntheticRecord>[0]): Promise<readonly string[]> {
  const summary = await summarize(structuredClone(await syntheticRecord(options)));
  return [
    await renderHtml(summary, CONTEXT),
    renderMarkdown(summary),
    renderText(summary, { width: 100, color: true }),
    renderJson(summary),
  ];
}
