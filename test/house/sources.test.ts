import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { ROOT } from '../support/root.ts';

const LONGEST = 350;

function filesBelow(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map((file) => join(folder, file))
    .filter((file) => statSync(join(ROOT, file)).isFile());
}

function read(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

test(`no source file is longer than ${LONGEST} lines`, () => {
  const sources = ['src', 'test', 'scripts', 'bin'].flatMap(filesBelow).filter((file) => /\.(?:ts|cjs)$/u.test(file));
  assert.ok(sources.length > 50);
  const long = sources.filter((file) => read(file).trimEnd().split('\n').length > LONGEST);
  assert.deepEqual(long, []);
});

describe('what an old Node parses before it is refused is ES5:', () => {
  // Words and signs that came later. Comments may have anything.
  const later = /=>|`|\b(?:const|let|class|async|await|import|export)\b|\.\.\.|\?\.|\?\?/u;
  for (const file of [
    'bin/meshbench',
    'scripts/launch/preflight.cjs',
    'scripts/build.cjs',
    'scripts/check.cjs',
    'scripts/test.cjs',
  ]) {
    test(file, () => {
      const code = read(file)
        .replaceAll(/^\s*\/\/.*$/gmu, '')
        .replaceAll(/\/\*\*.*\*\//gu, '')
        .replaceAll(/'(?:[^'\\\n]|\\.)*'/gu, "''");
      assert.doesNotMatch(code, later);
    });
  }
});
