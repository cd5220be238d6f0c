import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { endSchema } from '../../src/record/schema.ts';
import { endOf } from '../../src/serve/head.ts';

describe('the closing line of a record, as an index reads it', () => {
  for (const how of endSchema.shape.how.options) {
    test(`says that the run ended: ${how}`, () => {
      assert.equal(endOf(JSON.stringify({ type: 'end', endedAt: '2026-11-20T10:00:00Z', how, reason: '' })), how);
    });
  }

  for (const line of [
    '',
    '{',
    '{"type":"trial","how":"complete"}',
    '{"type":"end","how":"toString"}',
    '{"type":"end"}',
  ]) {
    test(`is none where it is ${JSON.stringify(line)}`, () => assert.equal(endOf(line), undefined));
  }
});
