import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './root.ts';

/**
 * Asserts that a text is what `test/golden/<name>` holds. With `UPDATE_GOLDEN=1` the file is written instead: look at
 * the difference that Git shows before it is committed.
 */
export function assertGolden(name: string, actual: string): void {
  const file = path.join(ROOT, 'test', 'golden', name);
  if (process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, actual);
    return;
  }
  const expected = existsSync(file) ? readFileSync(file, 'utf8') : '';
  if (actual === expected) return;
  const [was, is] = [expected.split('\n'), actual.split('\n')];
  const line = is.findIndex((text, index) => text !== was[index]);
  const at = line === -1 ? is.length : line;
  assert.equal(is[at], was[at], `test/golden/${name} differs from line ${at + 1} on; UPDATE_GOLDEN=1 writes it anew`);
}
