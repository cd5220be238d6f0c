import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Check } from '../../src/setup/index.ts';
import { tookAtMost } from '../support/timing.ts';
import { plainEnvironment, programWith, runChild } from './child.ts';
import { temporaryFolder } from './folder.ts';

async function consult(env: Readonly<Record<string, string>>): Promise<ReadonlyMap<string, Check>> {
  const { stdout } = await runChild(programWith('doctor.js', 'return it.doctor()'), { env: plainEnvironment(env) });
  const checks = JSON.parse(stdout) as readonly Check[];
  return new Map(checks.map((check) => [check.name, check]));
}

describe('the doctor', () => {
  test('looks at everything and changes nothing', async () => {
    await using folder = await temporaryFolder();
    const cache = join(folder.path, 'cache');
    const checks = await consult({ XDG_CACHE_HOME: cache });
    assert.deepEqual(
      [...checks.keys()],
      [
        'system',
        'processors',
        'memory',
        'clock',
        'open files',
        'commands',
        'mTLS',
        'sandbox',
        'packet rules',
        'processor limits',
        'Docker',
        'istiod',
        'Envoy 1.40.0',
        'commands for tests',
      ],
    );
    for (const name of ['system', 'commands', 'mTLS', 'sandbox', 'packet rules'])
      assert.equal(checks.get(name)?.status, 'ok');
    assert.match(
      checks.get('packet rules')?.detail ?? '',
      /^REDIRECT, TPROXY, TPROXY with conntrack(?:, exempt: uid)?; iptables 1\./u,
    );
    assert.match(checks.get('Envoy 1.40.0')?.detail ?? '', /not in the cache/u);
    assert.equal(existsSync(cache), false);
  });

  test('finds an Envoy in the cache that is not the pinned one', async () => {
    await using folder = await temporaryFolder();
    const envoy = join(folder.path, 'meshbench', 'envoy', '1.39.0');
    await mkdir(envoy, { recursive: true });
    await writeFile(join(envoy, 'envoy'), '#!/bin/sh\n', { mode: 0o755 });
    const check = (await consult({ XDG_CACHE_HOME: folder.path })).get('Envoy 1.39.0');
    assert.equal(check?.status, 'fail');
    assert.match(check?.remedy ?? '', /remove the folder/u);
  });

  test('finds that commands are missing, with the remedy, and waits for none of them', async (t) => {
    await using folder = await temporaryFolder();
    const before = performance.now();
    const checks = await consult({ XDG_CACHE_HOME: folder.path, PATH: folder.path });
    tookAtMost(t, 5000, performance.now() - before);
    assert.equal(checks.get('commands')?.status, 'fail');
    assert.match(checks.get('commands')?.remedy ?? '', /iproute2/u);
    assert.equal(checks.get('commands for tests')?.status, 'warn');
    assert.match(checks.get('mTLS')?.remedy ?? '', /openssl/u);
    assert.equal(checks.get('sandbox')?.status, 'fail');
    assert.equal(checks.get('packet rules')?.status, 'warn');
  });

  test('finds that ENVOY_BIN names nothing', async () => {
    await using folder = await temporaryFolder();
    const check = (await consult({ XDG_CACHE_HOME: folder.path, ENVOY_BIN: '/nowhere' })).get('Envoy');
    assert.equal(check?.status, 'fail');
    assert.match(check?.detail ?? '', /\/nowhere does not exist/u);
  });
});
