import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { renderText } from '../../src/report/index.ts';
import { columnsOf, wrapped } from '../../src/report/terminal/wrap.ts';
import { assertGolden } from '../support/golden.ts';
import { hostileSummary } from '../support/hostile-summary.ts';
import { interceptionSummary } from '../support/interception.ts';
import {
  emptySummary,
  failingSummary,
  invalidSummary,
  matrixSummary,
  quickSummary,
  vetoedSummary,
} from '../support/summaries.ts';
import { summaryFixture } from '../support/summary.ts';

const ESCAPE = '\u001b';

const ALL = [
  summaryFixture(),
  quickSummary(),
  invalidSummary(),
  vetoedSummary(),
  failingSummary(),
  emptySummary(),
  matrixSummary(),
  hostileSummary(),
];

describe('text for a terminal', () => {
  test('120 columns', () => {
    const where = 'reports/quickstart/latest/report.html';
    assertGolden('report/quickstart.txt', renderText(summaryFixture(), { width: 120, color: false, where }));
  });
  test('80 columns, without what they have no room for', () => {
    assertGolden('report/failing-80.txt', renderText(failingSummary(), { width: 80, color: false }));
  });
  test('40 columns, rows as lists', () => {
    assertGolden('report/quick-40.txt', renderText(quickSummary(), { width: 40, color: false }));
  });

  test('of twelve variants one table tells what each adds', async () => {
    const text = renderText(await interceptionSummary(), { width: 120, color: false });
    assertGolden('report/interception.txt', text);
    assert.ok(text.split('\n').length < 50, text);
    assert.match(text, /^istio +\d+ µs +\+\d+ µs +\+\d+ µs to \+\d+ µs +\+\d+ µs +\+\d+ ms {2}✕ worse$/mu);
  });

  test('the answer comes first', () => {
    assert.match(renderText(summaryFixture(), { width: 100, color: false }), /^outbound adds 92\.1 µs to p50/u);
  });

  test('no line is wider than the terminal', () => {
    for (const width of [20, 40, 80, 100, 200]) {
      for (const summary of ALL) {
        const lines = renderText(summary, { width, color: false }).split('\n');
        const widest = lines.reduce((most, line) => Math.max(most, columnsOf(line)), 0);
        assert.ok(widest <= width, `${widest} columns of ${width}`);
      }
    }
  });

  test('colours are put on and taken off within each line, and nothing else is obeyed', () => {
    for (const summary of ALL) {
      const coloured = renderText(summary, { width: 100, color: true });
      const bare = stripVTControlCharacters(coloured);
      assert.equal(bare, renderText(summary, { width: 100, color: false }));
      assert.doesNotMatch(bare.replaceAll('\n', ''), /[\p{Cc}\p{Cf}]/u);
      for (const line of coloured.split('\n')) {
        assert.equal(line.lastIndexOf(ESCAPE), line.lastIndexOf(`${ESCAPE}[0m`), line);
      }
    }
  });

  test('wrapping keeps every word, whatever the words and the width', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'é', '漢', '😀', 'e\u0301', ' ', '-') });
    fc.assert(
      fc.property(text, fc.integer({ min: 4, max: 60 }), fc.integer({ min: 0, max: 2 }), (words, width, hanging) => {
        const lines = wrapped(words, width, hanging).split('\n');
        assert.ok(lines.every((line) => columnsOf(line) <= width));
        assert.equal(lines.join('').replaceAll(' ', ''), words.replaceAll(' ', ''));
      }),
    );
  });
});
