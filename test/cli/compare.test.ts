import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { RecordComparison } from '../../src/compare/index.ts';
import { meshbench, Scratch } from '../support/cli.ts';
import { recordText, syntheticRecord } from '../support/record.ts';

describe('meshbench compare', () => {
  const scratch = new Scratch();
  const folder = (name: string) => path.join(scratch.folder, name);
  before(async () => {
    for (const [name, seed] of [
      ['a', 1],
      ['b', 2],
    ] as const) {
      mkdirSync(folder(name));
      writeFileSync(path.join(folder(name), 'record.jsonl'), recordText(await syntheticRecord({ seed })));
    }
    const text = recordText(await syntheticRecord({ seed: 3 }));
    const lines = text.split('\n');
    mkdirSync(folder('cut'));
    // Whole up to the second trial of the fifth block, then half a line.
    writeFileSync(
      path.join(folder('cut'), 'record.jsonl'),
      `${lines.slice(0, 12).join('\n')}\n${lines[12]?.slice(0, 900)}`,
    );
  });
  after(() => scratch[Symbol.dispose]());

  test('prints one object with --json and writes three files with --out', async () => {
    const { code, stdout, stderr } = await meshbench(
      'compare',
      folder('a'),
      folder('b'),
      '--json',
      '--out',
      folder('out'),
    );
    assert.equal(code, 0, stderr);
    const comparison = JSON.parse(stdout) as RecordComparison;
    assert.equal(comparison.runs.length, 2);
    for (const file of ['comparison.json', 'comparison.md', 'comparison.html']) {
      assert.ok(existsSync(path.join(folder('out'), file)), file);
    }
  });

  test('reads a record that was cut up to its last whole trial, and says so', async () => {
    const { code, stdout } = await meshbench('compare', path.join(folder('a'), 'record.jsonl'), folder('cut'));
    assert.equal(code, 0);
    assert.match(stdout, /Line 13 is cut off/u);
    assert.match(stdout, /5 \(0 vetoed, killed\)|5\s+\(?0 vetoed/u);
  });

  test('refuses one run alone, and what holds no record', async () => {
    assert.equal((await meshbench('compare', folder('a'))).code, 2);
    const { code, stderr } = await meshbench('compare', folder('a'), folder('nothing'));
    assert.equal(code, 2);
    assert.match(stderr, /NO_RECORD/u);
  });
});
