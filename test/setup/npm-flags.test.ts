import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ROOT } from '../support/root.ts';
import { smallCheckout } from './checkout.ts';
import { type ChildResult, plainEnvironment, runChild } from './child.ts';
import { type TemporaryFolder, temporaryFolder } from './folder.ts';

interface NpmFlags {
  readonly FLAGS: Readonly<Record<string, boolean>>;
  environmentForNpm(env: Readonly<Record<string, string>>): Readonly<Record<string, string>>;
}

const { FLAGS, environmentForNpm } = createRequire(join(ROOT, 'package.json'))(
  './scripts/launch/npm-flags.cjs',
) as NpmFlags;

/** What is typed after `npm run bench`, and the line that is right instead. */
const SWALLOWED: readonly [string, string][] = [
  ['quickstart --trials 3', 'npm run bench quickstart -- --trials 3'],
  ['quickstart --trials=3', 'npm run bench quickstart -- --trials 3'],
  ['quickstart --rate=5/s --json', 'npm run bench quickstart -- --rate 5/s --json'],
  ['--trials 3 quickstart', 'npm run bench quickstart -- --trials 3'],
  ['quickstart --variants a,b', 'npm run bench quickstart -- --variants a,b'],
  ['quickstart --envoy-bin /opt/envoy', 'npm run bench quickstart -- --envoy-bin /opt/envoy'],
  ['quickstart --dry-run', 'npm run bench quickstart -- --dry-run'],
  ['quickstart --quick', 'npm run bench quickstart -- --quick'],
  ['quickstart --quiet', 'npm run bench quickstart -- --quiet'],
  ['quickstart --insist', 'npm run bench quickstart -- --insist'],
  ['quickstart --no-calibration', 'npm run bench quickstart -- --no-calibration'],
  ['quickstart --seed 7 -- --json', 'npm run bench quickstart -- --seed 7 --json'],
];

describe('flags that npm kept for itself', () => {
  let folder: TemporaryFolder;
  let checkout: string;
  before(async () => {
    folder = await temporaryFolder();
    checkout = await smallCheckout(folder.path, { linked: true });
  });
  after(() => folder[Symbol.asyncDispose]());

  function bench(words: string, extra: Readonly<Record<string, string>> = {}): Promise<ChildResult> {
    const env = plainEnvironment({ NPM_CONFIG_USERCONFIG: join(folder.path, 'none'), ...extra });
    return runChild(['npm', 'run', 'bench', ...words.split(' ')], { cwd: checkout, env });
  }

  for (const [typed, right] of SWALLOWED) {
    test(`npm run bench ${typed}`, async () => {
      const { code, stderr } = await bench(typed);
      assert.equal(code, 2);
      assert.ok(stderr.includes(`Write: ${right}\n`), stderr);
    });
  }

  test('several values are not paired by guess', async () => {
    const { code, stderr } = await bench('quickstart --out /tmp/x --seed 7');
    assert.equal(code, 2);
    assert.match(stderr, /quickstart -- (?=.*--out …)(?=.*--seed …)/u);
  });

  test('flags behind two dashes arrive', async () => {
    const { code, stdout } = await bench('quickstart -- --trials 3 --json');
    assert.equal(code, 0);
    assert.ok(stdout.includes('["run","quickstart","--trials","3","--json"]'), stdout);
  });

  test('a key of the .npmrc of the person or the checkout is no flag', async () => {
    const npmrc = join(folder.path, 'npmrc');
    await writeFile(npmrc, 'json = true\n; comment\ndry_run=true\nloglevel=warn\n');
    assert.equal((await bench('quickstart', { NPM_CONFIG_USERCONFIG: npmrc })).code, 0);
  });

  test('a variable that the person has set in upper case is no flag', async () => {
    assert.equal((await bench('quickstart', { NPM_CONFIG_JSON: 'true', NPM_CONFIG_LOGLEVEL: 'warn' })).code, 0);
  });

  test('without npm, such variables mean nothing', async () => {
    const program = [process.execPath, join(checkout, 'bin', 'meshbench'), 'run', 'x'];
    const { code, stdout } = await runChild(program, { env: plainEnvironment({ npm_config_json: 'true' }) });
    assert.deepEqual({ code, stdout }, { code: 0, stdout: '["run","x"]' });
  });
});

test('every flag of `meshbench run` is known to the launcher, and whether it takes a value', async () => {
  const main = new URL('../../src/cli/main.js', import.meta.url).href;
  const program = `process.exitCode = await (await import(${JSON.stringify(main)})).main(['run', '--help'])`;
  const { code, stdout } = await runChild([process.execPath, '--input-type=module', '-e', program]);
  assert.equal(code, 0);
  const flags = [...stdout.matchAll(/^\s+(?:-\w, )?--([a-z-]+)( <)?/gmu)].filter(([, name]) => name !== 'help');
  assert.ok(flags.length >= 8, stdout);
  for (const [, name = '', value] of flags) assert.equal(FLAGS[name], value !== undefined, name);
});

test("set-up's own npm never sees our flags, and keeps mirrors and proxies", () => {
  const env = {
    npm_config_dry_run: 'true',
    NPM_CONFIG_JSON: 'true',
    npm_config_trials: '3',
    npm_config_global: 'true',
  };
  const kept = { npm_config_registry: 'https://mirror.example', npm_config_cache: '/c', HTTPS_PROXY: 'http://p' };
  assert.deepEqual(environmentForNpm({ ...env, ...kept }), kept);
});
