import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { describe, test } from 'node:test';
import { negotiate, openEngine, socketOf, unfitBecause } from '../../../src/runtime/docker/engine.ts';
import { isOrphan, labelsOf } from '../../../src/runtime/docker/labels.ts';
import { extensionFolder, parseLdd } from '../../../src/runtime/docker/pack/libraries.ts';
import { BenchError } from '../../../src/units/index.ts';
import { Scratch } from '../../support/cli.ts';
import { asNobody, noNobody } from '../../support/nobody.ts';

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof BenchError) return `${error.kind} ${error.code}`;
  }
  return 'nothing thrown';
}

async function refusal(host: string): Promise<string> {
  const error = await openEngine({ DOCKER_HOST: host }).then(
    () => undefined,
    (cause: unknown) => cause,
  );
  assert.ok(error instanceof BenchError);
  assert.notEqual(error.hint ?? '', '', 'says what to do');
  return error.code;
}

describe('the daemon is that of this machine', () => {
  test('by the socket that DOCKER_HOST names, or the usual one', () => {
    assert.equal(socketOf(undefined), '/var/run/docker.sock');
    assert.equal(socketOf(''), '/var/run/docker.sock');
    assert.equal(socketOf('unix:///run/user/1000/docker.sock'), '/run/user/1000/docker.sock');
  });

  for (const remote of [
    'tcp://10.0.0.1:2375',
    'ssh://me@elsewhere',
    'npipe:////./pipe/docker',
    'unix://',
    'nonsense',
  ]) {
    test(`and ${remote} is refused`, () => {
      assert.equal(
        codeOf(() => socketOf(remote)),
        'preflight DOCKER_REMOTE',
      );
    });
  }
});

describe('the API that is spoken', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['1.41', '1.41'],
    ['1.47', '1.47'],
    ['1.52', '1.47'],
    ['2.0', '1.47'],
  ];
  for (const [newest, spoken] of cases) {
    test(`is ${spoken} where the daemon's newest is ${newest}`, () => assert.equal(negotiate(newest), spoken));
  }
  for (const old of ['1.40', '1.9', '0.9']) {
    test(`a daemon with ${old} is refused`, () =>
      assert.equal(
        codeOf(() => negotiate(old)),
        'preflight DOCKER_OLD',
      ));
  }
});

test('daemons that cannot be measured with are refused, each with its reason', () => {
  const fit = { ServerVersion: '20.10.24', Driver: 'overlay2', OSType: 'linux', CPUSet: true };
  assert.equal(unfitBecause(fit), undefined);
  assert.equal(unfitBecause({ ...fit, OSType: 'windows' })?.code, 'DOCKER_NOT_LINUX');
  assert.equal(unfitBecause({ ...fit, SecurityOptions: ['name=seccomp', 'name=rootless'] })?.code, 'DOCKER_ROOTLESS');
  assert.equal(unfitBecause({ ...fit, CPUSet: false })?.code, 'DOCKER_NO_CPUSET');
});

describe('a daemon that does not answer', () => {
  test('where there is no socket, and where nobody listens at it', async () => {
    using scratch = new Scratch();
    assert.equal(await refusal(`unix://${scratch.folder}/none.sock`), 'DOCKER_MISSING');
    const stale = path.join(scratch.folder, 'stale.sock');
    const server = net.createServer().listen(stale);
    await new Promise((resolve) => server.once('listening', resolve));
    await using _old = { [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())) };
    server.unref();
    const gone = path.join(scratch.folder, 'gone.sock');
    const { renameSync } = await import('node:fs');
    renameSync(stale, gone);
    server.close();
    assert.equal(await refusal(`unix://${gone}`), 'DOCKER_DOWN');
  });

  test('where it is too old', async () => {
    using scratch = new Scratch();
    const socket = path.join(scratch.folder, 'old.sock');
    const server = http.createServer((_, answer) => answer.end(JSON.stringify({ ApiVersion: '1.30' }))).listen(socket);
    await new Promise((resolve) => server.once('listening', resolve));
    try {
      assert.equal(await refusal(`unix://${socket}`), 'DOCKER_OLD');
    } finally {
      server.close();
    }
  });

  test('where this user may not, where others can read the checkout', { skip: noNobody }, async () => {
    using scratch = new Scratch();
    chmodSync(scratch.folder, 0o755);
    const socket = path.join(scratch.folder, 'docker.sock');
    const server = net.createServer().listen(socket);
    await new Promise((resolve) => server.once('listening', resolve));
    chmodSync(socket, 0o600);
    process.env['DOCKER_HOST'] = `unix://${socket}`;
    try {
      const { code, stderr } = asNobody(scratch.folder, 'run', 'quickstart', '--runtime', 'docker', '--quick');
      assert.equal(code, 3);
      assert.match(stderr, /may not speak to Docker .*DOCKER_FORBIDDEN\]\n.*group docker/u);
    } finally {
      delete process.env['DOCKER_HOST'];
      server.close();
    }
  });
});

test('libraries are read as ldd names them', () => {
  const text = `/usr/bin/node:
\tlinux-vdso.so.1 (0x00007f78a5957000)
\tlibm.so.6 => /lib/x86_64-linux-gnu/libm.so.6 (0x00007f78a5861000)
\t/lib64/ld-linux-x86-64.so.2 (0x00007f78a5959000)
/usr/bin/static:
\tnot a dynamic executable
/usr/sbin/iptables:
\tlibxtables.so.12 => /lib/x86_64-linux-gnu/libxtables.so.12 (0x00007f32857b6000)
\tlibgone.so.1 => not found
\tlibm.so.6 => /lib/x86_64-linux-gnu/libm.so.6 (0x00007f78a5861000)
`;
  const libraries = parseLdd(text);
  assert.deepEqual(libraries, [
    '/lib/x86_64-linux-gnu/libm.so.6',
    '/lib64/ld-linux-x86-64.so.2',
    '/lib/x86_64-linux-gnu/libxtables.so.12',
  ]);
  const real = (file: string): string => `/usr${file}.6.0`;
  assert.equal(extensionFolder(libraries, real), '/usr/lib/x86_64-linux-gnu/xtables');
  assert.equal(extensionFolder([], real), undefined);
});

test('what a process made is an orphan once that has ended, and not before', () => {
  const living = labelsOf('x');
  assert.equal(isOrphan(living), false);
  const [pid = '', start, namespace = '', boot = ''] = (living['meshbench.maker'] ?? '').split(' ');
  const made = (...maker: readonly string[]) => isOrphan({ 'meshbench.maker': maker.join(' ') });
  assert.equal(made(pid, `${start}0`, namespace, boot), true, 'another process has that id now');
  assert.equal(made('4194305', '1', namespace, boot), true, 'no such process');
  assert.equal(made('4194305', '1', 'pid:[1]', boot), false, 'it cannot be seen from here');
  assert.equal(made(pid, start ?? '', 'pid:[1]', 'another boot'), true, 'the machine was started anew');
  assert.equal(isOrphan({}), false, "somebody else's");
});
