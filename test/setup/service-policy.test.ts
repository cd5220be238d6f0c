import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { withoutStartingServices } from '../../src/setup/service-policy.ts';
import { programWith, runChild } from './child.ts';
import { temporaryFolder } from './folder.ts';

/** What a package's script sees that asks whether it may start its service. */
async function verdictOf(file: string): Promise<number | null> {
  return (await runChild([file, 'nginx', 'start'])).code;
}

describe('no service is started', () => {
  test('while packages are installed, and afterwards nothing of that stays', async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'policy-rc.d');
    assert.equal(await withoutStartingServices(() => verdictOf(file), file), 101);
    assert.equal(existsSync(file), false);
  });

  test('and nothing stays where installing fails', async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'policy-rc.d');
    const failing = withoutStartingServices(() => Promise.reject(new Error('no network')), file);
    await assert.rejects(failing, /no network/u);
    assert.equal(existsSync(file), false);
  });

  test("and the machine's own policy is left as it is", async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'policy-rc.d');
    await writeFile(file, '#!/bin/sh\nexit 104\n', { mode: 0o755 });
    assert.equal(await withoutStartingServices(() => verdictOf(file), file), 104);
    assert.equal(await readFile(file, 'utf8'), '#!/bin/sh\nexit 104\n');
  });

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    test(`and nothing stays after ${signal}`, async () => {
      await using folder = await temporaryFolder();
      const file = join(folder.path, 'policy-rc.d');
      const { code } = await runChild(installerEndedBy(signal, file));
      assert.equal(code, null, 'it ends by the signal');
      assert.equal(existsSync(file), false);
    });
  }

  test('but after kill -9 the policy lets services start and removes itself', async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'policy-rc.d');
    await runChild(installerEndedBy('SIGKILL', file));
    assert.equal(existsSync(file), true);
    assert.equal(await verdictOf(file), 0);
    assert.equal(existsSync(file), false);
  });
});

/** A set-up that sends itself a signal while it installs. */
function installerEndedBy(signal: string, file: string): readonly string[] {
  const work = `() => { process.kill(process.pid, '${signal}'); return new Promise((go) => setTimeout(go, 5000)); }`;
  return programWith('service-policy.js', `return it.withoutStartingServices(${work}, ${JSON.stringify(file)})`);
}
