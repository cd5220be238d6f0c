import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { ROOT } from '../support/root.ts';
import { type ChildResult, plainEnvironment, runChild } from './child.ts';
import { temporaryFolder } from './folder.ts';

const HEAD = "import { describe, test } from 'node:test'; import assert from 'node:assert/strict';\n";

interface Run extends ChildResult {
  readonly summary: unknown;
}

/** The runner on a tree that holds these compiled test files. */
async function run(
  files: Readonly<Record<string, string>>,
  options: object = { all: false, filters: [] },
): Promise<Run> {
  await using folder = await temporaryFolder();
  const tests = join(folder.path, 'dist', 'test');
  await mkdir(tests, { recursive: true });
  for (const [name, source] of Object.entries(files)) {
    await mkdir(dirname(join(tests, name)), { recursive: true });
    await writeFile(join(tests, name), HEAD + source);
  }
  await writeFile(join(folder.path, 'package.json'), '{"type":"module"}');
  const runner = JSON.stringify(join(ROOT, 'scripts', 'launch', 'run-tests.cjs'));
  const program = `require(${runner}).runTests(${JSON.stringify(folder.path)}, ${JSON.stringify(options)})
    .then((code) => { process.exitCode = code; }, (error) => { console.error(error.message); process.exitCode = error.exitCode; });`;
  const copy = join(folder.path, 'summary.json');
  const env = plainEnvironment({ MESHBENCH_TEST_SUMMARY: copy });
  const result = await runChild([process.execPath, '-e', program], { env });
  const summary = await readFile(copy, 'utf8').then(JSON.parse, () => undefined);
  return { ...result, summary };
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? '';
}

const GOOD = "test('good', () => undefined);";
const BAD = "test('bad', () => assert.fail());";

describe('npm test', () => {
  test('passes, counts, and says that counts are reduced', async () => {
    const { code, stdout, stderr, summary } = await run({
      'a.test.js': GOOD,
      'b.test.js': GOOD,
      'helper.js': 'throw 1;',
    });
    assert.equal(code, 0);
    assert.match(stderr, /reduced counts .*npm run test:all/u);
    assert.equal(lastLine(stdout), '2 passed, 0 failed, 0 skipped');
    assert.deepEqual(summary, { passed: 2, failed: 0, skipped: 0, skips: [], failures: [], again: [] });
  });

  test('shows every skipped test with its reason', async () => {
    const source = `${GOOD} describe('outer', () => { test('inner', { skip: 'no moon' }, () => undefined); });`;
    const { code, stdout, summary } = await run({ 'a.test.js': source });
    assert.equal(code, 0);
    assert.match(stdout, /^skipped: outer > inner \(no moon\)$/mu);
    assert.equal(lastLine(stdout), '1 passed, 0 failed, 1 skipped');
    assert.deepEqual((summary as { skips: unknown }).skips, [{ name: 'outer > inner', reason: 'no moon' }]);
  });

  test('fails with a test that fails, counted once and named', async () => {
    const source = `${GOOD} describe('outer', () => { test('bad', () => assert.fail('wrong')); });`;
    const { code, stdout, summary } = await run({ 'a.test.js': source });
    assert.equal(code, 1);
    assert.equal(lastLine(stdout), '1 passed, 1 failed, 0 skipped');
    assert.equal((summary as { failures: { name: string }[] }).failures[0]?.name, 'outer > bad');
  });

  test('fails with a file that cannot be loaded', async () => {
    const { code, stdout } = await run({ 'a.test.js': GOOD, 'b.test.js': "import './missing.js';" });
    assert.equal(code, 1);
    assert.equal(lastLine(stdout), '1 passed, 1 failed, 0 skipped');
  });

  test('fails where no test ran: none in the files, or all of them skipped', async () => {
    for (const source of ['', "test('a', { skip: 'why' }, () => undefined);", "describe('empty', () => undefined);"]) {
      const { code, stderr } = await run({ 'a.test.js': source });
      assert.equal(code, 1);
      assert.match(stderr, /no test ran/u);
    }
  });

  test('takes words that select files, and refuses a word that selects none', async () => {
    const files = { 'one.test.js': GOOD, 'two.test.js': "test('bad', () => assert.fail());" };
    assert.equal(
      lastLine((await run(files, { all: false, filters: ['one'] })).stdout),
      '1 passed, 0 failed, 0 skipped',
    );
    const none = await run(files, { all: false, filters: ['three'] });
    assert.equal(none.code, 2);
    assert.match(none.stderr, /no test file matches three/u);
  });

  test('tells the tests whether counts are full', async () => {
    const source = "test('counts', () => assert.equal(process.env['MESHBENCH_TEST_COUNTS'], 'full'));";
    assert.equal((await run({ 'a.test.js': source }, { all: true, filters: [] })).code, 0);
    assert.equal((await run({ 'a.test.js': source })).code, 1);
  });

  const ALONE = `import { existsSync, rmSync, writeFileSync } from 'node:fs'; import { setTimeout } from 'node:timers/promises';
    test('alone', async () => { assert.equal(existsSync('busy'), false); writeFileSync('busy', ''); await setTimeout(200); rmSync('busy'); });`;

  test('runs one file at a time', async () => {
    const { code } = await run({ 'run/kill.test.js': ALONE, 'load/b.test.js': ALONE, 'c.test.js': ALONE });
    assert.equal(code, 0);
  });

  const few = availableParallelism() === 1 ? 'one processor' : false;
  test('but two at a time of those that measure nothing, before the others', { skip: few }, async () => {
    const meets = (own: string, other: string): string =>
      `import { existsSync, writeFileSync } from 'node:fs'; import { setTimeout } from 'node:timers/promises';
      test('meets', async () => { writeFileSync('${own}', ''); for (let i = 0; i < 400 && !existsSync('${other}'); i += 1) await setTimeout(50); assert.ok(existsSync('${other}')); });`;
    const last = `import { existsSync } from 'node:fs'; test('last', { skip: existsSync('b') ? 'b came first' : false }, () => assert.fail());`;
    const { code, stdout, summary } = await run({
      'stats/a.test.js': meets('a', 'b'),
      'wire/b.test.js': meets('b', 'a'),
      'run/c.test.js': last,
    });
    assert.equal(code, 0);
    assert.equal(lastLine(stdout), '2 passed, 0 failed, 1 skipped');
    assert.deepEqual((summary as { skips: unknown }).skips, [{ name: 'last', reason: 'b came first' }]);
    const counting = await run({ 'app/a.test.js': meets('a', 'b'), 'run/mutual-tls.test.js': meets('b', 'a') });
    assert.equal(counting.code, 0, 'and of real processes that count');
    const full = await run({ 'stats/a.test.js': ALONE, 'wire/b.test.js': ALONE }, { all: true, filters: [] });
    assert.equal(full.code, 0, 'none beside another where limits of time are asserted');
  });

  test('fails where a phase fails, whichever, and runs both', async () => {
    for (const files of [
      { 'stats/a.test.js': BAD, 'app/b.test.js': GOOD },
      { 'stats/a.test.js': GOOD, 'app/b.test.js': BAD },
    ]) {
      const { code, stdout } = await run(files);
      assert.equal(code, 1);
      assert.equal(lastLine(stdout), '1 passed, 1 failed, 0 skipped');
    }
  });

  const ONCE = `import { existsSync, writeFileSync } from 'node:fs'; ${GOOD}
    describe('outer', () => { test('once', () => { const seen = existsSync('seen'); writeFileSync('seen', ''); assert.ok(seen); }); });`;

  test('runs a file of real processes again where one failed, says so, and counts the second time', async () => {
    const { code, stdout, summary } = await run({ 'run/a.test.js': ONCE, 'run/b.test.js': GOOD });
    assert.equal(code, 0);
    assert.match(stdout, /^failed at first, and its file ran again: outer > once \(.*a\.test\.js\)$/mu);
    assert.equal(lastLine(stdout), '3 passed, 0 failed, 0 skipped');
    assert.equal((summary as { again: unknown[] }).again.length, 1);
  });

  test('finds the compiled file of a test that failed, which is named by its source', async () => {
    const lines = (HEAD + ONCE).split('\n').length;
    const map = {
      version: 3,
      sources: ['../../../test/run/a.test.ts'],
      names: [],
      mappings: `AAAA${';AACA'.repeat(lines)}`,
    };
    const url = Buffer.from(JSON.stringify(map)).toString('base64');
    const source = `${ONCE}\n//# sourceMappingURL=data:application/json;base64,${url}`;
    const { code, stdout } = await run({ 'run/a.test.js': source });
    assert.match(stdout, /^failed at first, and its file ran again: outer > once \(.*\/test\/run\/a\.test\.ts\)$/mu);
    assert.deepEqual([code, lastLine(stdout)], [0, '2 passed, 0 failed, 0 skipped']);
  });

  const BAD_FILES = Object.fromEntries('abcd'.split('').map((name) => [`run/${name}.test.js`, BAD]));
  for (const [where, files, options] of [
    ['of pure code', { 'stats/a.test.js': ONCE }, { all: false, filters: [] }],
    ['with full counts', { 'run/a.test.js': ONCE }, { all: true, filters: [] }],
    ['where many fail', { ...BAD_FILES, 'run/e.test.js': ONCE }, { all: false, filters: [] }],
  ] as const) {
    test(`but none ${where}`, async () => {
      const { code, stdout } = await run(files, options);
      assert.equal(code, 1);
      assert.doesNotMatch(stdout, /failed at first/u);
    });
  }

  test('and fails where it fails again', async () => {
    const { code, stdout } = await run({ 'run/a.test.js': BAD });
    assert.equal(code, 1);
    assert.equal(lastLine(stdout), '0 passed, 1 failed, 0 skipped');
  });
});
