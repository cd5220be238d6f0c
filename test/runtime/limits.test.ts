import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { type ComponentUsage, measureUsage, monotonicNow, type Usage } from '../../src/metrics/index.ts';
import {
  type Host,
  type HostProcess,
  type ProcessSpec,
  plainProcess,
  RUNTIMES,
  type World,
} from '../../src/runtime/index.ts';
import { fromSeconds, nanos } from '../../src/units/index.ts';
import { groupsOf, noLimits } from '../support/cgroups.ts';
import { mortal } from '../support/mortal.ts';
import { descendants, foreignNamespaces, livingIn, until } from '../support/processes.ts';
import { ROOT } from '../support/root.ts';

const READABLE = [ROOT, import.meta.dirname, process.execPath];
const BUSY: [string, ...string[]] = ['sh', '-c', 'while :; do :; done'];

function spec(name: string, argv: [string, ...string[]], cpuQuota: number | undefined): ProcessSpec {
  return { ...plainProcess(name, argv, [0]), cpuQuota };
}

describe('a process with a limit', { skip: noLimits }, () => {
  let world: World;
  let host: Host;
  before(async () => {
    world = await RUNTIMES.sandbox.open({ harnessCpus: [0], readable: READABLE });
    host = await world.host({
      name: 'one',
      address: '198.18.0.10',
      folder: '/run/meshbench/one',
      sysctls: {},
      joins: undefined,
      seccomp: true,
    });
  });
  after(() => world[Symbol.asyncDispose]());

  async function usageOf(seconds: number): Promise<Usage> {
    const from = nanos(monotonicNow() + 200e6);
    const request = { from, until: nanos(from + fromSeconds(seconds)), interval: fromSeconds(1), memory: false };
    return measureUsage(await world.observe(request));
  }

  async function ended(process: HostProcess): Promise<void> {
    await process.signal('SIGKILL');
    await process.exited;
  }

  test('gets its share of a processor, and what it was held back is counted', async (t) => {
    const limited = await host.start(spec('limited', BUSY, 0.25));
    const usage = await usageOf(3);
    const { cpuNs, throttling } = usage.components['one.limited'] as ComponentUsage;
    const { busyByCpuNs, stealByCpuNs } = usage.machine;
    const others = (busyByCpuNs['0'] ?? 0) - cpuNs + (stealByCpuNs?.['0'] ?? 0);
    const share = cpuNs / usage.windowNs;
    t.diagnostic(`${share} processors, ${others} ns of others, ${JSON.stringify(throttling)}`);
    assert.ok(share < 0.25 + 0.025, `it got ${share} processors`);
    const { periods = 0, throttledPeriods = 0, throttledNs = 0 } = throttling ?? {};
    assert.ok(periods >= 28 && periods <= 32, `${periods} periods of 100 ms in 3 s`);
    // It was held back where it had used its quarter, and everywhere else others had more than the rest of the period.
    assert.ok(cpuNs > 0.9 * throttledPeriods * 25e6, `it got ${cpuNs} ns in ${throttledPeriods} periods and others`);
    const free = periods - throttledPeriods;
    assert.ok(free >= 0 && free <= 2 + others / 75e6, `held back in ${throttledPeriods} of ${periods}`);
    assert.ok(throttledNs > 0 && throttledNs < 0.8 * usage.windowNs, `${throttledNs} ns`);
    assert.equal(usage.components['harness']?.throttling, undefined);
    await ended(limited);
  });

  test('is in its group before it is the program, and so are all that it starts', async () => {
    const script = 'cat /proc/self/cgroup; sleep 1 & cat /proc/$!/cgroup; wait';
    const seen = await host.start(spec('seen', ['sh', '-c', script], 0.5));
    const own = new RegExp(`^\\d+:(cpu.*)?:/.*meshbench-${process.pid}-\\d+-one\\.seen$`, 'u');
    let inside = 0;
    for await (const line of seen.lines) {
      if (own.test(line)) inside += 1;
      if (inside === 2) break;
    }
    assert.equal(inside, 2);
    await ended(seen);
  });

  test('that hardly works is not held back', async () => {
    const idle = await host.start(spec('idle', ['sleep', '100'], 0.5));
    const { throttling } = (await usageOf(1)).components['one.idle'] as ComponentUsage;
    assert.deepEqual(throttling, { periods: throttling?.periods, throttledPeriods: 0, throttledNs: 0 });
    await ended(idle);
  });

  test('has a group only while it runs, also where another takes its place', async () => {
    const first = await host.start(spec('again', BUSY, 0.5));
    assert.deepEqual(namesOf('one.again').length, 1);
    const second = await first.replace(spec('again', BUSY, 0.25));
    assert.deepEqual(namesOf('one.again').length, 1);
    await ended(second);
    await until('the group to go', 2, () => namesOf('one.again').length === 0);
  });
});

describe('no group stays', { skip: noLimits }, () => {
  const program = (then: string): string => `
    import { RUNTIMES } from ${JSON.stringify(new URL('../../src/runtime/index.js', import.meta.url).href)};
    const world = await RUNTIMES.sandbox.open({ harnessCpus: [0], readable: ${JSON.stringify(READABLE)} });
    const host = await world.host({ name: 'one', address: '198.18.0.10', folder: '/run/meshbench/one', sysctls: {}, joins: undefined, seccomp: true });
    const spec = { name: 'busy', argv: ['sh', '-c', 'sleep 1000 & while :; do :; done'], env: {}, cpus: [0], nice: 0, scheduling: 'normal', cpuQuota: 0.1 };
    await host.start(spec);
    console.log('up');
    ${then}
  `;
  const END_IN_ORDER =
    'process.stdin.once("data", async () => { await world[Symbol.asyncDispose](); process.exit(0); });';
  const ON_LOSS = 'await world.closed; await world[Symbol.asyncDispose](); process.exit(0);';

  async function startRun(then: string) {
    const child = mortal(
      spawn(process.execPath, ['--input-type=module', '-e', program(then)], {
        stdio: ['pipe', 'pipe', 'inherit'],
      }),
    );
    await new Promise((resolve) => child.stdout.once('data', resolve));
    const exited = new Promise((resolve) => child.once('exit', resolve));
    return { child, exited, pid: child.pid ?? 0 };
  }

  test('after a normal end, with a process of the component left in its group', async () => {
    const { child, exited, pid } = await startRun(END_IN_ORDER);
    assert.equal(groupsOf(pid).length, 1);
    child.stdin.write('end\n');
    await exited;
    assert.deepEqual(groupsOf(pid), []);
  });

  test('after the supervisor was killed', async () => {
    const { exited, pid } = await startRun(ON_LOSS);
    const supervisor = descendants(pid).find(({ command }) =>
      /^\S*node\S* (?:--\S+ )*\S+supervisor\.js/u.test(command),
    );
    // 0 would be this test's own group, and the runner's.
    assert.ok(supervisor !== undefined);
    process.kill(supervisor.pid, 'SIGKILL');
    await exited;
    assert.deepEqual(groupsOf(pid), []);
  });

  test('but an empty one after the command line was killed, and the next start sweeps it', async () => {
    const { exited, pid } = await startRun('setInterval(() => {}, 1000);');
    const spaces = foreignNamespaces(descendants(pid).map((process) => process.pid));
    process.kill(pid, 'SIGKILL');
    await exited;
    await until('every process of the sandbox is gone', 5, () => livingIn(spaces).length === 0);
    const world = await RUNTIMES.sandbox.open({ harnessCpus: [0], readable: READABLE });
    await world[Symbol.asyncDispose]();
    assert.deepEqual(groupsOf(pid), []);
  });
});

/** Groups of a component that this process started. */
function namesOf(component: string): readonly string[] {
  return groupsOf(process.pid).filter((name) => name.endsWith(`-${component}`));
}

test('the port says what cannot be had here, and nothing where it can', async () => {
  const { cpuQuota, uid } = RUNTIMES.sandbox.lacks;
  assert.equal((await cpuQuota()) === undefined, noLimits === false);
  assert.equal((await uid(false)) === undefined, process.geteuid?.() === 0);
});
