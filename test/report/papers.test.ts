import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { paperHtml, paperMarkdown, paperText } from '../../src/report/index.ts';
import { assertGolden } from '../support/golden.ts';
import { PAPERS } from '../support/papers.ts';

/** What no output may hold, whatever a record holds: escapes, controls, marks that turn the direction of writing. */
const OBEYED = /[^\P{Cc}\n]|[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u;
const TEXT = { width: 100, color: false } as const;

describe('a paper', () => {
  for (const [name, make] of Object.entries(PAPERS).filter(([paper]) => !paper.endsWith('hostile'))) {
    test(`${name} is drawn as it was`, async () => {
      const paper = await make();
      assertGolden(`paper/${name}.txt`, paperText(paper, TEXT));
      assertGolden(`paper/${name}.md`, paperMarkdown(paper));
      assertGolden(`paper/${name}.html`, await paperHtml(paper));
    });
  }

  for (const [name, make] of Object.entries(PAPERS).filter(([paper]) => paper.endsWith('hostile'))) {
    test(`${name} shows hostile texts as text`, async () => {
      const paper = await make();
      const [text, markdown, page] = [paperText(paper, TEXT), paperMarkdown(paper), await paperHtml(paper)];
      for (const output of [text, markdown, page]) assert.doesNotMatch(output, OBEYED);
      assert.equal(page.search(/<script|<img/u), -1);
      assert.ok(page.includes('&lt;'), 'it is shown, not dropped');
      assert.doesNotMatch(markdown, /<script|<img|(?<!\\)\[x\]|@octocat|https:\/\//u);
      assert.ok(Buffer.byteLength(markdown) <= 60_000, `${Buffer.byteLength(markdown)} bytes of Markdown`);
      assert.ok(Buffer.byteLength(page) < 1_000_000, `${Buffer.byteLength(page)} bytes of HTML`);
    });
  }

  test('is the same in every width, and never wider than the terminal', async () => {
    for (const make of Object.values(PAPERS)) {
      const paper = await make();
      for (const width of [30, 60, 140]) {
        const wide = paperText(paper, { width, color: false })
          .split('\n')
          .filter((line) => [...line].length > width);
        assert.deepEqual(wide, [], `${width} columns`);
      }
    }
  });
});
