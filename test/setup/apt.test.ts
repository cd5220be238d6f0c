import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { readDistribution } from '../../src/setup/apt.ts';
import { installHint } from '../../src/setup/packages.ts';
import { PIP, RUN_COMMANDS, TEST_COMMANDS } from '../../src/setup/system-packages.ts';
import { BECOME_ORDINARY, plainEnvironment, programWith, runChild } from './child.ts';
import { temporaryFolder } from './folder.ts';

const OS_RELEASES: readonly [string, string, boolean][] = [
  ['ID=debian\n', 'debian', true],
  ['NAME="Ubuntu"\nID=ubuntu\nID_LIKE=debian\n', 'ubuntu', true],
  ['ID="linuxmint"\nID_LIKE="ubuntu debian"\n', 'linuxmint', true],
  ['ID=fedora\nPLATFORM_ID="platform:f41"\n', 'fedora', false],
  ['ID="almalinux"\nID_LIKE="rhel centos fedora"\n', 'almalinux', false],
  ['', '', false],
];

for (const [text, id, likeDebian] of OS_RELEASES) {
  test(`the distribution of ${JSON.stringify(text)}`, async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'os-release');
    await writeFile(file, text);
    assert.deepEqual(await readDistribution(file), { id, likeDebian });
  });
}

describe('what to do where a command is missing', () => {
  const debian = { id: 'debian', likeDebian: true };

  test('on Debian: one command with every package once', () => {
    assert.equal(
      installHint([...RUN_COMMANDS, PIP], debian),
      'run: sudo apt-get update && sudo apt-get install --no-install-recommends iproute2 iptables util-linux mount python3-pip',
    );
  });

  test("on Ubuntu, whose Chromium is a snap: a browser of one's own", () => {
    const hint = installHint(TEST_COMMANDS, { id: 'ubuntu', likeDebian: true });
    assert.match(hint, /install --no-install-recommends nginx-light; and install Google Chrome/u);
  });

  test('elsewhere: the names that Debian has for them', () => {
    assert.match(
      installHint(RUN_COMMANDS, { id: 'fedora', likeDebian: false }),
      /iproute2, iptables, util-linux, mount/u,
    );
  });
});

/** An apt-get that notes how it is called, and does `then` as shell lines. */
async function fakeApt(folder: string, body: string): Promise<{ readonly PATH: string }> {
  const script = `#!/bin/sh
echo "$DEBIAN_FRONTEND $*" >> ${folder}/calls
policy=$(${folder}/policy nginx start >/dev/null 2>&1; echo $?)
echo "$policy" >> ${folder}/policies
${body}
`;
  await writeFile(join(folder, 'apt-get'), script, { mode: 0o755 });
  return { PATH: `${folder}:${process.env['PATH']}` };
}

async function install(
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<{ result: unknown; said: string }> {
  const body = `return it.installByApt(['iproute2', 'iptables'], say, ${JSON.stringify(join(folder, 'policy'))})`;
  const { stdout, stderr } = await runChild(programWith('apt.js', body), { env: plainEnvironment(env) });
  return { result: JSON.parse(stdout), said: stderr };
}

describe('installing by apt', () => {
  test('refreshes the lists first, takes no recommended packages, waits for the lock, asks nothing, starts nothing', async () => {
    await using folder = await temporaryFolder();
    const { result, said } = await install(folder.path, await fakeApt(folder.path, 'exit 0'));
    assert.equal(result, null);
    assert.match(said, /installing iproute2, iptables \(apt-get\)\nsystem packages installed in/u);
    const options = 'noninteractive -y -o DPkg::Lock::Timeout=300';
    assert.equal(
      await readFile(join(folder.path, 'calls'), 'utf8'),
      `${options} update\n${options} install --no-install-recommends iproute2 iptables\n`,
    );
    assert.equal((await readFile(join(folder.path, 'policies'), 'utf8')).split('\n')[1], '101');
    assert.equal(existsSync(join(folder.path, 'policy')), false);
  });

  test('goes on with old lists where they cannot be refreshed', async () => {
    await using folder = await temporaryFolder();
    const env = await fakeApt(folder.path, 'case "$*" in *update*) echo "no network"; exit 100;; esac');
    assert.equal((await install(folder.path, env)).result, null);
  });

  test("tries again while another program holds the lists' lock", async () => {
    await using folder = await temporaryFolder();
    const locked = `case "$*" in *update*) [ -e ${folder.path}/tried ] || { touch ${folder.path}/tried; echo "E: Could not get lock /var/lib/apt/lists/lock"; exit 100; };; esac`;
    assert.equal((await install(folder.path, await fakeApt(folder.path, locked))).result, null);
    const calls = await readFile(join(folder.path, 'calls'), 'utf8');
    assert.equal(calls.match(/update/gu)?.length, 2);
  });

  test('that fails shows the last lines of apt and the command to try', async () => {
    await using folder = await temporaryFolder();
    const env = await fakeApt(folder.path, 'echo "E: Unable to locate package iproute2" >&2; exit 100');
    const { result } = await install(folder.path, env);
    const { code, kind, message, hint } = result as Record<string, string>;
    assert.deepEqual({ code, kind }, { code: 'APT_FAILED', kind: 'preflight' });
    assert.match(message ?? '', /Unable to locate package iproute2/u);
    assert.match(hint ?? '', /apt-get install iproute2 iptables/u);
  });
});

test('an ordinary user is told the one command, and nothing is tried', async () => {
  await using folder = await temporaryFolder();
  const missing = `[{ commands: ['no-such-command'], package: 'no-such-package', purpose: 'this test' }]`;
  const env = plainEnvironment(await fakeApt(folder.path, 'exit 0'));
  const program = programWith('packages.js', `${BECOME_ORDINARY} return it.ensureCommands(${missing}, say)`);
  const { stdout, stderr } = await runChild(program, { env });
  const { code, message, hint } = JSON.parse(stdout) as Record<string, string>;
  assert.equal(code, 'COMMANDS_MISSING');
  assert.match(message ?? '', /lacks no-such-command \(this test\)/u);
  assert.match(hint ?? '', /no-such-package/u);
  assert.equal(stderr, '');
  assert.equal(existsSync(join(folder.path, 'calls')), false);
});

test('what is there is not installed', async () => {
  await using folder = await temporaryFolder();
  const env = plainEnvironment(await fakeApt(folder.path, 'exit 0'));
  const program = programWith(
    'packages.js',
    `return it.ensureCommands([{ commands: ['no-such', 'sh'], package: 'dash', purpose: '' }], say)`,
  );
  assert.deepEqual(await runChild(program, { env }), { code: 0, stdout: 'null\n', stderr: '' });
  assert.equal(existsSync(join(folder.path, 'calls')), false);
});
