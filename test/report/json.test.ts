import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { renderJson } from '../../src/report/index.ts';
import { hostileSummary } from '../support/hostile-summary.ts';
import { quickSummary } from '../support/summaries.ts';
import { summaryFixture } from '../support/summary.ts';

describe('summary.json', () => {
  test('holds the summary, nulls and reasons included', () => {
    for (const summary of [summaryFixture(), quickSummary(), hostileSummary()]) {
      assert.deepEqual(JSON.parse(renderJson(summary)), JSON.parse(JSON.stringify(summary)));
    }
  });

  test('holds nothing that a terminal would obey', () => {
    assert.doesNotMatch(renderJson(hostileSummary()).replaceAll('\n', ''), /[\p{Cc}\p{Cf}\u2028\u2029]/u);
  });

  test('ends with a line end', () => assert.match(renderJson(summaryFixture()), /\}\n$/u));
});
