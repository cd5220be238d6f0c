import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { endSchema } from '../../src/record/schema.ts';
import { endOf, readHead } from '../../src/serve/head.ts';
import { syntheticRecord } from '../support/record.ts';

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

describe('the head of a record', () => {
  for (const [what, length, found] of [
    ['of a few kB', 10, true],
    ['with a scenario of a MB', 1_000_000, true],
    ['that is longer than any', 5_000_000, false],
  ] as const) {
    test(`${what} is ${found ? 'read' : 'none'}`, async () => {
      const folder = await mkdtemp(path.join(tmpdir(), 'meshbench-head-'));
      try {
        const file = path.join(folder, 'record.jsonl');
        const { header, end } = await syntheticRecord({ blocks: 1 });
        const long = { ...header, scenario: { ...header.scenario, source: 'x'.repeat(length) } };
        await writeFile(file, `${JSON.stringify(long)}\n${JSON.stringify(end)}\n`);
        const head = await readHead(file);
        assert.deepEqual([head?.scenario, head?.end], found ? ['quickstart', 'complete'] : [undefined, undefined]);
      } finally {
        await rm(folder, { recursive: true });
      }
    });
  }
});
