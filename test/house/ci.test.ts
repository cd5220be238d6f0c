import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { ROOT } from '../support/root.ts';

const SKIP = { name: 'outer > inner', reason: 'no moon' };

/** The summary of a test run, the list of allowed skips, and how CI ends with them. */
const CASES: readonly [string, object, string, number][] = [
  ['tests passed', { passed: 3, failed: 0, skips: [] }, '', 0],
  ['no test ran', { passed: 0, failed: 0, skips: [] }, '', 1],
  ['every test was skipped, and may be', { passed: 0, failed: 0, skips: [SKIP] }, 'outer > inner\tno moon\n', 1],
  ['a test failed', { passed: 3, failed: 1, skips: [] }, '', 1],
  ['a test was skipped', { passed: 3, failed: 0, skips: [SKIP] }, '', 1],
  ['a test was skipped that may be', { passed: 3, failed: 0, skips: [SKIP] }, '# why\nouter > inner\tno moon\n', 0],
  ['a test was skipped for another reason', { passed: 3, failed: 0, skips: [SKIP] }, 'outer > inner\train\n', 1],
];

describe('what CI says where', () => {
  for (const [name, summary, allowed, expected] of CASES) {
    test(name, () => {
      const folder = mkdtempSync(join(tmpdir(), 'meshbench-ci-'));
      const [summaryFile, allowedFile] = [join(folder, 'summary.json'), join(folder, 'allowed')];
      writeFileSync(summaryFile, JSON.stringify(summary));
      writeFileSync(allowedFile, allowed);
      const script = join(ROOT, '.ci', 'check-summary.cjs');
      const { status } = spawnSync(process.execPath, [script, summaryFile, allowedFile]);
      rmSync(folder, { recursive: true });
      assert.equal(status, expected);
    });
  }
});

test('the scripts that are run by name are executable', () => {
  for (const script of ['.ci/run', 'bin/meshbench']) execFileSync('test', ['-x', join(ROOT, script)]);
});
