import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { readRecord } from '../../src/record/index.ts';
import { groupsOf, noLimits, ownHierarchy } from '../support/cgroups.ts';
import { type Ended, meshbench, Scratch, start } from '../support/cli.ts';
import { LIMIT_MS } from '../support/mortal.ts';
import { asNobody, noNobody } from '../support/nobody.ts';
import { descendants, foreignNamespaces, livingIn, until } from '../support/processes.ts';
import { ROOT } from '../support/root.ts';

const scenario = (mesh: string): string => `question: What does a limit do?
variants:
  limited: { mesh: ${mesh} }
load: { rate: 200/s, connections: 4, warmup: 200ms, duration: 1s }
`;
const LIMITED = scenario('{ outbound: redirect, envoy: { cpuLimit: 0.5 } }');
const OTHER_USER = scenario('{ outbound: redirect, exempt: uid }');
/** Figures do not matter here: a machine that spoiled every trial has them all the same. */
const MEASURED = [0, 12];

/** Runs bin/meshbench where the cgroup file system of the cpu controller is read-only. */
function readOnly(...args: readonly string[]): Ended {
  const mountPoint = ownHierarchy()?.folders.at(-1) ?? '';
  const prefix = ['--mount', 'sh', '-c', 'mount -o remount,bind,ro "$0" && exec "$@"', mountPoint];
  const command = [process.execPath, path.join(ROOT, 'bin/meshbench'), ...args];
  const { status, stdout, stderr } = spawnSync('unshare', [...prefix, ...command], {
    cwd: ROOT,
    encoding: 'utf8',
    timeout: LIMIT_MS,
    killSignal: 'SIGKILL',
  });
  return { code: status, stdout, stderr };
}

describe('what a machine cannot give is refused before anything is measured', () => {
  test('a limit where the cgroup file system is read-only', { skip: noLimits }, () => {
    using scratch = new Scratch();
    const file = scratch.scenario('limited', LIMITED);
    const { code, stderr } = readOnly('run', file, '--quick', '--out', scratch.folder);
    assert.equal(code, 3, stderr);
    assert.match(stderr, /the variant limited has mesh\.envoy\.cpuLimit, .* is read-only .*\[LACKING\]/u);
    assert.match(stderr, /→ make the cgroup filesystem writable .*leave it out/u);
    assert.ok(!existsSync(path.join(scratch.folder, 'limited')), 'no folder of a run');
  });

  test('which the doctor says too', { skip: noLimits }, () => {
    const { stdout } = readOnly('doctor');
    assert.match(stdout, /^warn {2}processor limits: .*read-only .*only mesh\.envoy\.cpuLimit/mu);
  });

  for (const [field, text, remedy] of [
    ['mesh.exempt: uid', OTHER_USER, /or use mesh\.exempt: mark/u],
    ['mesh.envoy.cpuLimit', LIMITED, /or leave it out/u],
  ] as const) {
    test(`${field} without root, where others can read the checkout`, { skip: noNobody }, () => {
      using scratch = new Scratch();
      chmodSync(scratch.folder, 0o777);
      const file = scratch.scenario('lacking', text);
      const { code, stderr } = asNobody(scratch.folder, 'run', file, '--quick', '--out', scratch.folder);
      assert.equal(code, 3, stderr);
      assert.match(stderr, new RegExp(`the variant limited has ${field}, which cannot be had here`, 'u'));
      assert.match(stderr, /→ run the same command as root/u);
      assert.match(stderr, remedy);
    });
  }
});

describe('a run with a limited sidecar', { skip: noLimits }, () => {
  test('records how its limit was felt, and leaves no group', async () => {
    using scratch = new Scratch();
    const run = start('run', scratch.scenario('limited', LIMITED), '--quick', '--out', scratch.folder);
    const pid = await sidecarOf(run);
    const { code, stderr } = await run.ended;
    assert.ok(code !== null && MEASURED.includes(code), stderr);
    assert.deepEqual(groupsOf(pid), []);
    const { trials } = await readRecord(path.join(scratch.run('limited'), 'record.jsonl'));
    assert.equal(trials.length, 2);
    for (const { usage } of trials) {
      const { periods = 0, throttledPeriods = 0 } = usage.components['client.envoy']?.throttling ?? {};
      assert.ok(periods > 0 && periods <= 11 && throttledPeriods <= periods, `${throttledPeriods} of ${periods}`);
      assert.equal(usage.components['server.app']?.throttling, undefined);
    }
  });

  test('that was killed leaves an empty group at most, until the next run begins', async () => {
    using scratch = new Scratch();
    const file = scratch.scenario('limited', LIMITED);
    const run = start('run', file, '--no-calibration', '--trials', '100', '--out', scratch.folder, '--quiet');
    const pid = await sidecarOf(run);
    const spaces = foreignNamespaces(descendants(pid).map((process) => process.pid));
    run.child.kill('SIGKILL');
    await run.ended;
    await until('every process of the sandbox is gone', 5, () => livingIn(spaces).length === 0);
    const next = await meshbench('run', file, '--quick', '--out', scratch.folder, '--quiet');
    assert.ok(next.code !== null && MEASURED.includes(next.code), next.stderr);
    assert.deepEqual(groupsOf(pid), []);
  });
});

/** Waits until a run has a limited sidecar. @throws Error with what the run said, where it ended without one. */
async function sidecarOf({ child, ended }: ReturnType<typeof start>): Promise<number> {
  const pid = child.pid ?? 0;
  const isThere = () => groupsOf(pid).some((name) => name.endsWith('-client.envoy'));
  const without = ended.then(({ stderr }): never => {
    throw new Error(stderr);
  });
  without.catch(() => undefined);
  try {
    await Promise.race([until('the group of the sidecar', 60, isThere), without]);
    return pid;
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}
