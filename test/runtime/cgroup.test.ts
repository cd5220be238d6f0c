import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { cpuHierarchy } from '../../src/runtime/cgroup-place.ts';
import { CpuGroups, lacksCpuLimit, sweepGroups, switchOff, switchOn } from '../../src/runtime/sandbox/cgroup.ts';
import { noGroupBecause } from '../../src/runtime/sandbox/cgroup-remedies.ts';
import { BenchError } from '../../src/units/index.ts';
import { noLimits, ownHierarchy } from '../support/cgroups.ts';

const HYBRID = `31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
33 31 0:30 / /sys/fs/cgroup/cpuset rw,relatime - cgroup cgroup rw,cpuset
32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct
41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
`;
const UNIFIED = '30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n';
const IN_DOCKER = '32 31 0:29 /docker/abc /sys/fs/cgroup/cpu ro,nosuid - cgroup cgroup rw,cpu,cpuacct\n';
const SPACED = '30 23 0:26 / /mnt/my\\040groups rw - cgroup2 cgroup2 rw\n';

describe('the cpu controller is found', () => {
  const at = (version: 1 | 2, ...folders: readonly string[]) => ({ version, folders });
  const cases: readonly [string, string, string, ReturnType<typeof at> | undefined][] = [
    [
      'in version 1 of a hybrid, with its own group and those around it',
      HYBRID,
      '3:cpuset:/\n2:cpu,cpuacct:/user.slice/bench\n0::/init.scope\n',
      at(
        1,
        '/sys/fs/cgroup/cpu,cpuacct/user.slice/bench',
        '/sys/fs/cgroup/cpu,cpuacct/user.slice',
        '/sys/fs/cgroup/cpu,cpuacct',
      ),
    ],
    ['at the root', HYBRID, '2:cpu,cpuacct:/\n0::/\n', at(1, '/sys/fs/cgroup/cpu,cpuacct')],
    [
      'in version 2',
      UNIFIED,
      '0::/user.slice/run-1.scope\n',
      at(2, '/sys/fs/cgroup/user.slice/run-1.scope', '/sys/fs/cgroup/user.slice', '/sys/fs/cgroup'),
    ],
    [
      'below what a container is shown',
      IN_DOCKER,
      '2:cpu,cpuacct:/docker/abc/me\n',
      at(1, '/sys/fs/cgroup/cpu/me', '/sys/fs/cgroup/cpu'),
    ],
    ['where the own group is not shown', IN_DOCKER, '2:cpu,cpuacct:/docker/xyz\n', at(1, '/sys/fs/cgroup/cpu')],
    ['where it lies above a cgroup namespace', UNIFIED, '0::/../../other\n', at(2, '/sys/fs/cgroup')],
    ['behind a space', SPACED, '0::/\n', at(2, '/mnt/my groups')],
    ['nowhere, where version 1 has it and is not mounted', UNIFIED, '2:cpu,cpuacct:/\n0::/\n', undefined],
    ['nowhere, where there are no groups', '23 1 8:1 / / rw - ext4 /dev/sda1 rw\n', '', undefined],
  ];
  for (const [name, mountinfo, cgroup, expected] of cases) {
    test(name, () => assert.deepEqual(cpuHierarchy(mountinfo, cgroup), expected));
  }
});

describe('where no group can be made', () => {
  test('every folder that refused is named with its reason', () => {
    const failed = (folder: string, code: string) => ({ folder, error: Object.assign(new Error(code), { code }) });
    const failures = [failed('/g/me', 'EBUSY'), failed('/g', 'EACCES')];
    const { reason, remedy } = noGroupBecause({ version: 2, folders: ['/g/me', '/g'] }, failures);
    assert.match(reason, /^\/g\/me has processes of its own.*; \/g is not for this user/u);
    assert.notEqual(remedy, '');
  });

  test('an unmounted controller is named', async () => {
    assert.match(noGroupBecause(undefined, []).reason, /not mounted/u);
  });

  test('a folder that is no control group is refused, and nothing is left in it', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'meshbench-test-'));
    try {
      const groups = new CpuGroups({ version: 1, folders: [folder] });
      assert.throws(
        () => groups.make('one', 0.5),
        (error: unknown) => error instanceof BenchError && error.kind === 'preflight' && error.code === 'NO_CPU_LIMIT',
      );
      const lack = await lacksCpuLimit({ version: 1, folders: [folder] });
      assert.match(lack?.reason ?? '', /no cpu controller/u);
      assert.deepEqual(readdirSync(folder), []);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('groups of the real kernel', { skip: noLimits }, () => {
  const place = ownHierarchy()?.folders[0] ?? '';
  const groupsIn = () => readdirSync(place).filter((name) => name.startsWith('meshbench-'));

  test('are made with their limit, and removed', async () => {
    const groups = new CpuGroups();
    const { folder } = groups.make('client.envoy', 0.25);
    assert.equal(path.dirname(folder), groups.place().folder);
    assert.equal(quotaOf(folder), 25_000);
    assert.match(path.basename(folder), new RegExp(`^meshbench-${process.pid}-\\d+-client\\.envoy$`, 'u'));
    await groups[Symbol.asyncDispose]();
    assert.ok(!existsSync(folder));
  });

  test('with a process are not removed before it has ended', async () => {
    const groups = new CpuGroups();
    const { folder, procs } = groups.make('sleeper', 0.5);
    const sleeper = spawnSync('sh', ['-c', 'sleep 0.4 >/dev/null 2>&1 & echo $! > "$0"', procs], { encoding: 'utf8' });
    assert.equal(sleeper.stderr, '');
    groups.remove('sleeper');
    assert.ok(existsSync(folder), 'it still has a process');
    await groups[Symbol.asyncDispose]();
    assert.ok(!existsSync(folder), 'its process has ended');
  });

  test('left by a maker that is gone are swept, those of the living stay', async () => {
    const groups = new CpuGroups();
    const living = groups.make('mine', 0.5).folder;
    const left = path.join(groups.place().folder, 'meshbench-999999999-1-client.envoy');
    const reused = path.join(groups.place().folder, `meshbench-${process.pid}-1-client.envoy`);
    const others = path.join(groups.place().folder, 'meshbench-of-somebody-else');
    for (const folder of [left, reused, others]) mkdirSync(folder);
    try {
      sweepGroups();
      assert.deepEqual([living, left, reused, others].map(existsSync), [true, false, false, true]);
    } finally {
      rmdirSync(others);
      await groups[Symbol.asyncDispose]();
    }
    assert.ok(groupsIn().every((name) => !name.includes(`-${process.pid}-`)));
  });

  test('cannot be had where the file system is read-only, which is said', () => {
    const program = `import { lacksCpuLimit } from ${JSON.stringify(new URL('../../src/runtime/sandbox/cgroup.js', import.meta.url).href)};
      console.log(JSON.stringify(await lacksCpuLimit()));`;
    const mountPoint = ownHierarchy()?.folders.at(-1) ?? '';
    const script = 'mount -o remount,bind,ro "$0" && exec "$@"';
    const { stdout, stderr } = spawnSync(
      'unshare',
      ['--mount', 'sh', '-c', script, mountPoint, process.execPath, '--input-type=module', '-e', program],
      { encoding: 'utf8' },
    );
    const lack = JSON.parse(stdout || 'null') as { reason: string; remedy: string } | null;
    assert.match(lack?.reason ?? stderr, /is read-only/u);
    assert.match(lack?.remedy ?? '', /writable/u);
  });
});

describe('a controller of version 2', { skip: noSecondVersion() }, () => {
  const { folder = '', controller = '' } = secondVersion() ?? {};

  test('is switched on once for the groups of a folder, and off again', () => {
    const control = () => readFileSync(path.join(folder, 'cgroup.subtree_control'), 'latin1').trim().split(' ');
    assert.equal(switchOn(folder, controller), true);
    assert.ok(control().includes(controller));
    assert.equal(switchOn(folder, controller), false);
    switchOff(folder, controller);
    assert.ok(!control().includes(controller));
  });

  test('cannot be switched on beside processes', async () => {
    const busy = path.join(folder, `meshbench-test-${process.pid}`);
    const wasOn = !switchOn(folder, controller);
    mkdirSync(busy);
    const sleeper = spawnSync('sh', [
      '-c',
      'sleep 0.3 >/dev/null 2>&1 & echo $! > "$0"',
      path.join(busy, 'cgroup.procs'),
    ]);
    assert.equal(sleeper.status, 0);
    try {
      assert.throws(() => switchOn(busy, controller), { code: 'EBUSY' });
    } finally {
      await new Promise((resolve) => setTimeout(resolve, 600));
      rmdirSync(busy);
      if (!wasOn) switchOff(folder, controller);
    }
  });
});

function quotaOf(folder: string): number {
  const file = ['cpu.cfs_quota_us', 'cpu.max'].map((name) => path.join(folder, name)).find(existsSync) ?? '';
  return Number(readFileSync(file, 'latin1').split(' ')[0]);
}

/** The root of version 2 and a controller that nobody uses there; the cpu controller itself may be in version 1. */
function secondVersion(): { readonly folder: string; readonly controller: string } | undefined {
  const mounts = readFileSync('/proc/self/mounts', 'latin1');
  const folder = /^\S+ (\S+) cgroup2 /mu.exec(mounts)?.[1];
  if (folder === undefined || process.geteuid?.() !== 0) return undefined;
  try {
    const words = (name: string) => readFileSync(path.join(folder, name), 'latin1').trim().split(' ').filter(Boolean);
    const used = words('cgroup.subtree_control');
    const controller = words('cgroup.controllers').find((name) => !used.includes(name));
    if (controller === undefined) return undefined;
    writeFileSync(path.join(folder, 'cgroup.subtree_control'), '');
    return { folder, controller };
  } catch {
    return undefined;
  }
}

function noSecondVersion(): string | false {
  return secondVersion() === undefined && 'there is no unused controller in a writable cgroup of version 2';
}
