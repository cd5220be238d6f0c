import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtFolder, furtherVersions, ISTIOD, istiodOf, pinnedVersion } from '../../src/setup/control-plane-cache.ts';
import { findControlPlane, namedIstiods } from '../../src/setup/index.ts';
import { Scratch } from '../support/cli.ts';

test('istiods are named one by one, or one without a name, whatever is in its path', () => {
  const of = (text: string): readonly (readonly [string, string])[] => [...namedIstiods(text)];
  assert.deepEqual(of(''), []);
  assert.deepEqual(of('/opt/istiod'), [['', '/opt/istiod']]);
  assert.deepEqual(of('/opt/a,b=c/istiod'), [
    ['', '/opt/a'],
    ['b', 'c/istiod'],
  ]);
  assert.deepEqual(of('/opt/a, b/istiod'), [['', '/opt/a, b/istiod']]);
  assert.deepEqual(of('1.29=/a/istiod,1.30=/b=1/istiod'), [
    ['1.29', '/a/istiod'],
    ['1.30', '/b=1/istiod'],
  ]);
});

test('one that is not named cannot be had, and it is said how to name it', async () => {
  const { lack } = await findControlPlane({ say: () => undefined, istiodBin: '1.29=/bin/true', version: '1.30' });
  assert.match(lack?.reason ?? '', /no istiod is named 1\.30/u);
  assert.match(lack?.remedy ?? '', /--istiod-bin 1\.30=/u);
});

test('one that is pinned is had by its name once it is built, and not instead of it what is built without a name', async () => {
  using scratch = new Scratch();
  const [version = ''] = furtherVersions();
  const request = { say: () => undefined, istiodBin: '', version, cache: scratch.folder, install: false };
  const { lack } = await findControlPlane(request);
  assert.match(lack?.reason ?? '', new RegExp(`no pilot-discovery ${pinnedVersion(istiodOf(version))} on this`, 'u'));
  assert.match(lack?.remedy ?? '', /npm run build:control-plane -- --versions builds it/u);
  assert.notEqual(pinnedVersion(istiodOf(version)), pinnedVersion(ISTIOD));
  assert.notEqual(builtFolder(istiodOf(version), scratch.folder), builtFolder(ISTIOD, scratch.folder));
});
