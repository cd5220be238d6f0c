import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { findEnvoys } from '../../src/setup/envoy.ts';
import type { EnvoyBinary } from '../../src/setup/envoy-binary.ts';
import { fakeEnvoy } from './fake-wheel.ts';
import { type TemporaryFolder, temporaryFolder } from './folder.ts';

interface Given {
  readonly envoys: Readonly<Record<string, EnvoyBinary>>;
  readonly said: readonly string[];
}

async function give(path: string, folder: TemporaryFolder, versions: readonly string[] = ['1.40.0']): Promise<Given> {
  const said: string[] = [];
  const cache = join(folder.path, 'cache');
  const envoys = await findEnvoys({ envoyBin: path, versions, cache, say: (line) => said.push(line) });
  return { envoys, said };
}

async function writeEnvoy(folder: TemporaryFolder, version: string): Promise<string> {
  const path = join(folder.path, 'envoy');
  await writeFile(path, fakeEnvoy(join(folder.path, 'executed'), version));
  await chmod(path, 0o755);
  return path;
}

function timesExecuted(folder: TemporaryFolder): Promise<number> {
  return readFile(join(folder.path, 'executed'), 'utf8').then((text) => text.length / 'run\n'.length);
}

describe('an Envoy that the user named', () => {
  test('is used as it is, with its hash and version', async () => {
    await using folder = await temporaryFolder();
    const path = await writeEnvoy(folder, '1.40.0');
    const sha256 = createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
    const { envoys, said } = await give(path, folder);
    const build = 'abc123/1.40.0/Clean/RELEASE/BoringSSL';
    assert.deepEqual(envoys, { '1.40.0': { path, version: '1.40.0', sha256, build, source: 'given' } });
    assert.deepEqual(said, []);
  });

  test('of another version stands in for the one asked for, and that is said', async () => {
    await using folder = await temporaryFolder();
    const { envoys, said } = await give(await writeEnvoy(folder, '1.41.0'), folder);
    assert.equal(envoys['1.40.0']?.version, '1.41.0');
    assert.match(said.join('\n'), /1\.41\.0 .* stands in for 1\.40\.0/u);
  });

  test('is asked again only when its size or time changed', async () => {
    await using folder = await temporaryFolder();
    const path = await writeEnvoy(folder, '1.40.0');
    await give(path, folder);
    await give(path, folder);
    assert.equal(await timesExecuted(folder), 1);
    await utimes(path, new Date(), new Date((await stat(path)).mtimeMs + 1000));
    await give(path, folder);
    assert.equal(await timesExecuted(folder), 2);
  });

  test('cannot stand for two versions', async () => {
    await using folder = await temporaryFolder();
    const path = await writeEnvoy(folder, '1.40.0');
    await assert.rejects(give(path, folder, ['1.36.2', '1.40.0']), { code: 'ENVOY_BIN_FOR_SEVERAL', kind: 'usage' });
  });

  test('is not looked at where no variant has a sidecar', async () => {
    await using folder = await temporaryFolder();
    assert.deepEqual((await give('/nowhere', folder, [])).envoys, {});
  });

  test('is found by ENVOY_BIN, which --envoy-bin wins over', async () => {
    await using folder = await temporaryFolder();
    process.env['ENVOY_BIN'] = '/nowhere/by-variable';
    try {
      const request = { versions: ['1.40.0'], say: () => undefined, cache: folder.path };
      await assert.rejects(findEnvoys(request), /by-variable does not exist/u);
      await assert.rejects(findEnvoys({ ...request, envoyBin: '/nowhere/by-flag' }), /by-flag does not exist/u);
    } finally {
      delete process.env['ENVOY_BIN'];
    }
  });

  const refusals: readonly [string, (path: string) => Promise<void>, string, RegExp][] = [
    ['that does not exist', async () => undefined, 'ENVOY_BIN', /does not exist/u],
    ['that is a folder', (path) => mkdir(path).then(() => undefined), 'ENVOY_BIN', /is not a file/u],
    ['that is not executable', (path) => writeFile(path, 'x', { mode: 0o644 }), 'ENVOY_BIN', /is not executable/u],
    [
      'that is another program',
      (path) => writeFile(path, '#!/bin/sh\necho nginx 1.2\n', { mode: 0o755 }),
      'NOT_AN_ENVOY',
      /nginx 1\.2/u,
    ],
    ['that cannot run here', (path) => writeFile(path, '\x7fELF', { mode: 0o755 }), 'NOT_AN_ENVOY', /does not answer/u],
  ];
  for (const [name, make, code, message] of refusals) {
    test(`${name} is refused`, async () => {
      await using folder = await temporaryFolder();
      const path = join(folder.path, 'named');
      await make(path);
      await assert.rejects(give(path, folder), (error: Error & { code?: string; hint?: string }) => {
        assert.equal(error.code, code);
        assert.match(error.message, message);
        assert.notEqual(error.hint ?? '', '');
        return true;
      });
    });
  }
});
