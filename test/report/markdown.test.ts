import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { renderMarkdown } from '../../src/report/index.ts';
import type { Summary } from '../../src/summary/index.ts';
import { assertGolden } from '../support/golden.ts';
import { hostileSummary } from '../support/hostile-summary.ts';
import { emptySummary, failingSummary, matrixSummary, quickSummary } from '../support/summaries.ts';
import { OUTBOUND, summaryFixture, variantFixture } from '../support/summary.ts';

const MOST_BYTES = 60_000;

describe('summary.md', () => {
  test('a complete run', () => assertGolden('report/quickstart.md', renderMarkdown(summaryFixture())));
  test('errors, an overload and a broken threshold', () => {
    assertGolden('report/failing.md', renderMarkdown(failingSummary()));
  });

  test('says why a number is missing', () => {
    const text = renderMarkdown(quickSummary());
    assert.match(text, /\| – <sup>1<\/sup> \|/u);
    assert.match(text, /<sup>1<\/sup> a trial has fewer than 10,000 requests/u);
    assert.match(text, /Quick mode/u);
  });

  test('needs no variant', () => assert.match(renderMarkdown(emptySummary()), /This run was killed/u));

  test('every row of a table has as many cells as its head', () => {
    for (const summary of [summaryFixture(), hostileSummary(), matrixSummary(), failingSummary()]) {
      for (const table of tablesOf(renderMarkdown(summary))) {
        const [head = 0, ...rows] = table.map((line) => line.split(/(?<!\\)\|/u).length);
        assert.deepEqual(
          rows,
          rows.map(() => head),
        );
      }
    }
  });

  test('shows markup, links and mentions of a record as text', () => {
    const text = renderMarkdown(hostileSummary());
    const tags = [...text.matchAll(/<\/?([a-z]+)/giu)].map(([, name]) => name);
    assert.deepEqual([...new Set(tags)].sort(), ['details', 'summary', 'sup']);
    assert.doesNotMatch(text, /@octocat|:\/\/|www\.|(?<!\\)`|(?<!\\)\[/u);
    assert.doesNotMatch(text.replaceAll('\n', '').replaceAll('\u200b', ''), /[\p{Cc}\p{Cf}]/u);
  });

  test('no text at the start of a line becomes a list, a heading or code', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('- a', '+ a', '= a', '1. a', '1) a', '# a', '> a', '    a', '---', '~~~'),
        (doubt) => {
          const lines = renderMarkdown(summaryFixture({ doubts: [doubt] })).split('\n');
          const line = lines[lines.indexOf('### What to doubt') + 2] ?? '';
          assert.match(line, /^- (?:\\[-+=#~]|&gt;|1\\[.)]|a)/u);
        },
      ),
    );
  });

  test('stays below 60 kB, whatever the record holds, and says what is left out', () => {
    const many = Array.from({ length: 900 }, (_, index) => variantFixture({ ...OUTBOUND, name: `variant-${index}` }));
    const long = Array.from({ length: 300 }, () => '<&>|`'.repeat(5_000));
    const summaries: Summary[] = [
      summaryFixture({ variants: many }),
      summaryFixture({ doubts: long, notes: long, verdictReasons: long, question: long.join('') }),
      hostileSummary(),
    ];
    for (const summary of summaries) assert.ok(Buffer.byteLength(renderMarkdown(summary)) <= MOST_BYTES);
    assert.ok(renderMarkdown(summaryFixture({ variants: many })).includes(' more, in summary.json'));
  });
});

function tablesOf(text: string): readonly (readonly string[])[] {
  return text
    .split('\n\n')
    .map((block) => block.split('\n').filter((line) => line.startsWith('|')))
    .filter((lines) => lines.length > 0);
}
