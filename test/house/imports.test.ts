import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ROOT } from '../support/root.ts';
import { linterRules, ROOMS } from './import-table.ts';

const BIOME = join(ROOT, 'node_modules', '.bin', 'biome');
const RULES = join(ROOT, 'scripts', 'lint', 'imports.json');

/** What the linter says of one file with this source, at this place of a tree under our rules. */
function complaints(tree: string, file: string, source: string): string {
  const path = join(tree, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, source);
  const { stdout, stderr } = spawnSync(BIOME, ['lint', '--colors=off', file], { cwd: tree, encoding: 'utf8' });
  rmSync(path);
  return `${stdout}${stderr}`;
}

const FORBIDDEN: readonly [string, string, string][] = [
  ['a room that the table does not give', 'src/stats/a.ts', "import { parseRate } from '../units/index.ts';"],
  ['a room above its own', 'src/load/a.ts', "import type { Summary } from '../summary/index.ts';"],
  ['the same from a folder in the room', 'src/load/protocols/a.ts', "import { run } from '../../run/index.ts';"],
  ["another room's inside", 'src/report/a.ts', "import type { Summary } from '../summary/summary.ts';"],
  ['a function where only types are allowed', 'src/gate/a.ts', "import { readRecord } from '../record/index.ts';"],
  ['everything where only types are allowed', 'src/gate/a.ts', "import * as record from '../record/index.ts';"],
  ['the command line', 'src/run/a.ts', "import { main } from '../cli/index.ts';"],
  ['a room that is imported late', 'src/plan/a.ts', "export const late = await import('../runtime/index.ts');"],
  ['a room that is passed on', 'src/units/a.ts', "export { Plan } from '../plan/index.ts';"],
];

const ALLOWED: readonly [string, string, string][] = [
  ['a room that the table gives', 'src/plan/a.ts', "export { perSecond } from '../units/index.ts';"],
  ['types where types are allowed', 'src/gate/a.ts', "export type { RunRecord } from '../record/index.ts';"],
  ['constants where types are allowed', 'src/record/a.ts', "export { OUTCOMES } from '../load/index.ts';"],
  ['its own inside', 'src/load/protocols/a.ts', "export { thing } from '../protocol.ts';"],
  ['packages and Node itself', 'src/stats/a.ts', "export { readFile } from 'node:fs/promises';"],
  ['every room, for the command line', 'src/cli/commands/a.ts', "export { run } from '../../run/index.ts';"],
];

const ENDINGS = ['process.exit(1);', 'process.exitCode = 2;'];

describe('the import table', () => {
  let tree: string;
  before(() => {
    tree = mkdtempSync(join(tmpdir(), 'meshbench-imports-'));
    for (const file of ['biome.json', '.gitignore', 'scripts/lint']) {
      cpSync(join(ROOT, file), join(tree, file), { recursive: true });
    }
    symlinkSync(join(ROOT, 'node_modules'), join(tree, 'node_modules'));
  });
  after(() => rmSync(tree, { recursive: true }));

  test('is what the linter enforces', () => {
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(RULES, linterRules());
    assert.equal(readFileSync(RULES, 'utf8'), linterRules(), 'UPDATE_GOLDEN=1 npm test -- house writes it again');
  });

  test('names every room there is', () => {
    assert.deepEqual(readdirSync(join(ROOT, 'src')).sort(), [...ROOMS].sort());
  });

  for (const [name, file, source] of FORBIDDEN) {
    test(`forbids ${name}`, () => {
      assert.match(complaints(tree, file, `${source}\n`), /lint\/style\/noRestrictedImports/u);
    });
  }

  for (const [name, file, source] of ALLOWED) {
    test(`allows ${name}`, () => {
      assert.doesNotMatch(complaints(tree, file, `${source}\n`), /noRestrictedImports/u);
    });
  }

  for (const ending of ENDINGS) {
    test(`forbids \`${ending}\` but to the command line and the entries of processes`, () => {
      const rule = /Only src\/cli and a main\.ts end a process/u;
      assert.match(complaints(tree, 'src/report/a.ts', `${ending}\n`), rule);
      for (const file of ['src/cli/a.ts', 'src/agent/main.ts', 'src/runtime/sandbox/supervisor.ts']) {
        assert.doesNotMatch(complaints(tree, file, `${ending}\n`), rule);
      }
    });
  }
});

test('the linter finds nothing in this checkout', () => {
  const options = ['ci', '--colors=off', '--reporter=github', '.'];
  const { status, stdout } = spawnSync(BIOME, options, { cwd: ROOT, encoding: 'utf8' });
  assert.equal(status, 0, stdout.slice(0, 4000));
});
