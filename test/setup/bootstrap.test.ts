import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { appendFile, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { tookAtMost } from '../support/timing.ts';
import { smallCheckout } from './checkout.ts';
import { type ChildResult, plainEnvironment, runChild } from './child.ts';
import { temporaryFolder } from './folder.ts';

const STARTS = 7;

function start(root: string): Promise<ChildResult> {
  return runChild([process.execPath, join(root, 'bin', 'meshbench'), 'list'], { env: plainEnvironment() });
}

/** The middle one of several times that a command takes, in ms. */
async function usualTime(argv: readonly string[]): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < STARTS; i += 1) {
    const before = performance.now();
    await runChild(argv, { env: plainEnvironment() });
    times.push(performance.now() - before);
  }
  return times.sort((a, b) => a - b)[STARTS >> 1] ?? Number.NaN;
}

describe('building', () => {
  test('happens on the first start and is silent and quick on the next', async (t) => {
    await using folder = await temporaryFolder();
    const root = await smallCheckout(folder.path, { linked: true });
    const first = await start(root);
    assert.deepEqual({ code: first.code, stdout: first.stdout }, { code: 0, stdout: '["list"]' });
    assert.match(first.stderr, /^meshbench: building \(tsc\)\nmeshbench: built in [\d.]+ s\n$/u);
    assert.deepEqual(await start(root), { code: 0, stdout: '["list"]', stderr: '' });
    const launcher = await usualTime([process.execPath, join(root, 'bin', 'meshbench'), 'list']);
    const alone = await usualTime([process.execPath, '-e', '0']);
    tookAtMost(t, 500, launcher - alone);
  });

  test('happens again after an edit, and drops what is no longer there', async () => {
    await using folder = await temporaryFolder();
    const root = await smallCheckout(folder.path, { linked: true });
    const extra = join(root, 'src', 'cli', 'extra.ts');
    await writeFile(extra, 'export const one = 1;\n');
    await start(root);
    assert.ok(existsSync(join(root, 'dist', 'src', 'cli', 'extra.js')));
    await rm(extra);
    assert.match((await start(root)).stderr, /building/u);
    assert.equal(existsSync(join(root, 'dist', 'src', 'cli', 'extra.js')), false);
    await appendFile(join(root, 'src', 'cli', 'main.ts'), '\nexport const two = 2;\n');
    assert.match((await start(root)).stderr, /building/u);
  });

  test('that fails says why, ends with 1 and leaves the former dist as it was', async () => {
    await using folder = await temporaryFolder();
    const root = await smallCheckout(folder.path, { linked: true });
    await start(root);
    const main = join(root, 'dist', 'src', 'cli', 'main.js');
    const former = await stat(main);
    await appendFile(join(root, 'src', 'cli', 'main.ts'), "\nexport const wrong: number = 'text';\n");
    const { code, stdout, stderr } = await start(root);
    assert.deepEqual({ code, stdout }, { code: 1, stdout: '' });
    assert.match(stderr, /src\/cli\/main\.ts\(6,14\): error TS2322/u);
    assert.equal((await stat(main)).ino, former.ino);
    assert.deepEqual(
      (await readdir(root)).filter((name) => name.startsWith('.dist')),
      [],
    );
  });

  test('is done once by set-ups at the same time, and all of them start', async () => {
    await using folder = await temporaryFolder();
    const root = await smallCheckout(folder.path, { linked: true });
    const results = await Promise.all([1, 2, 3, 4].map(() => start(root)));
    for (const { code, stdout } of results) assert.deepEqual({ code, stdout }, { code: 0, stdout: '["list"]' });
    assert.equal(results.filter(({ stderr }) => stderr.includes('building')).length, 1);
  });

  test('removes what a killed one left', async () => {
    await using folder = await temporaryFolder();
    const root = await smallCheckout(folder.path, { linked: true });
    await mkdir(join(root, '.dist-1', 'src'), { recursive: true });
    await start(root);
    assert.equal(existsSync(join(root, '.dist-1')), false);
    assert.ok(existsSync(join(root, 'dist', 'src', 'cli', 'main.js')));
  });
});

describe('installing the npm packages', () => {
  /** A checkout whose only package is a folder of its own, so that no network is needed. */
  async function localCheckout(folder: string): Promise<string> {
    const root = await smallCheckout(folder, { linked: false });
    const link = { resolved: 'local', link: true };
    const named = { name: 'meshbench', version: '0.1.0', dependencies: { local: 'file:local' } };
    const lock = {
      ...named,
      lockfileVersion: 3,
      packages: { '': named, local: { version: '1.0.0' }, 'node_modules/local': link },
    };
    await mkdir(join(root, 'local'));
    await writeFile(join(root, 'local', 'package.json'), '{"name":"local","version":"1.0.0"}');
    await writeFile(join(root, 'package.json'), JSON.stringify({ ...named, private: true, type: 'module' }));
    await writeFile(join(root, 'package-lock.json'), JSON.stringify(lock));
    return root;
  }

  test('is not turned into nothing by flags and npmrc files, and runs no script', async () => {
    await using folder = await temporaryFolder();
    const root = await localCheckout(folder.path);
    const scripts = { preinstall: 'touch ran', postinstall: 'touch ran', prepare: 'touch ran' };
    await writeFile(join(root, 'local', 'package.json'), JSON.stringify({ name: 'local', version: '1.0.0', scripts }));
    const npmrc = join(folder.path, 'npmrc');
    await writeFile(npmrc, 'dry-run=true\nomit=dev\nglobal=true\njson=true\nignore-scripts=false\n');
    const env = plainEnvironment({
      NPM_CONFIG_USERCONFIG: npmrc,
      NPM_CONFIG_DRY_RUN: 'true',
      npm_config_global: 'true',
      NODE_ENV: 'production',
    });
    const { stdout, stderr } = await runChild([process.execPath, join(root, 'bin', 'meshbench'), 'list'], { env });
    assert.match(stderr, /npm packages installed in/u);
    assert.equal(stdout, '', "npm's words are not ours");
    assert.ok(existsSync(join(root, 'node_modules', 'local', 'package.json')));
    assert.equal(existsSync(join(root, 'local', 'ran')), false);
  });

  test('happens again when package-lock.json changed, and not otherwise', async () => {
    await using folder = await temporaryFolder();
    const root = await localCheckout(folder.path);
    assert.match((await start(root)).stderr, /npm ci/u);
    assert.doesNotMatch((await start(root)).stderr, /npm ci/u);
    const lock = join(root, 'package-lock.json');
    await writeFile(lock, `${await readFile(lock, 'utf8')}\n`);
    assert.match((await start(root)).stderr, /npm ci/u);
  });

  test('that fails ends with 3 and a sentence, and is tried again', async () => {
    await using folder = await temporaryFolder();
    const root = await localCheckout(folder.path);
    await writeFile(join(root, 'package.json'), '{"name":"meshbench","dependencies":{"other":"1.0.0"}}');
    for (const _ of [1, 2]) {
      const { code, stderr } = await start(root);
      assert.equal(code, 3);
      assert.match(stderr, /meshbench: npm ci failed, its reason stands above/u);
    }
  });

  test('without an npm is refused', async () => {
    await using folder = await temporaryFolder();
    const root = await localCheckout(folder.path);
    const env = plainEnvironment({ PATH: '/nonexistent' });
    // Set-up adds the administrators' folders to the PATH, where npm is not.
    const { code, stderr } = await runChild([process.execPath, join(root, 'bin', 'meshbench'), 'list'], { env });
    assert.equal(code, 3);
    assert.match(stderr, /npm is not on the PATH: install it/u);
  });
});
