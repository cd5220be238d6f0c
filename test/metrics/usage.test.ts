import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { describe, test } from 'node:test';
import { measureUsage, openProcess, type UsageSample } from '../../src/metrics/index.ts';
import { parseStat } from '../../src/metrics/proc.ts';
import { parseCpuStat } from '../../src/metrics/throttling.ts';
import { nanos } from '../../src/units/index.ts';
import { mortal } from '../support/mortal.ts';

const STAT = `cpu  30 0 20 900 5 0 5 2 0 0
cpu0 10 1 5 450 3 2 4 1 7 0
cpu1 20 0 15 450 2 0 1 1 0 0
intr 12345 0
ctxt 777
btime 1
`;

test('/proc/stat is read by processor, in nanoseconds', () => {
  const { cpus, contextSwitches } = parseStat(STAT);
  assert.deepEqual(Object.keys(cpus), ['0', '1']);
  assert.deepEqual(cpus['0'], {
    user: 100e6,
    nice: 10e6,
    system: 50e6,
    idle: 4500e6,
    iowait: 30e6,
    irq: 20e6,
    softirq: 40e6,
    steal: 10e6,
  });
  assert.equal(contextSwitches, 777);
});

describe('cpu.stat is read', () => {
  test('of version 1, in nanoseconds', () => {
    const text = 'nr_periods 21\nnr_throttled 20\nthrottled_time 995647766\nnr_bursts 0\nburst_time 0\n';
    assert.deepEqual(parseCpuStat(text), { periods: 21, throttledPeriods: 20, throttledNs: 995_647_766 });
  });

  test('of version 2, in microseconds', () => {
    const text = 'usage_usec 500123\nuser_usec 400\nnr_periods 21\nnr_throttled 20\nthrottled_usec 995647\n';
    assert.deepEqual(parseCpuStat(text), { periods: 21, throttledPeriods: 20, throttledNs: 995_647_000 });
  });

  test('and has none where there is no limit', () => {
    assert.equal(parseCpuStat('usage_usec 500123\nuser_usec 400\nsystem_usec 1\n'), undefined);
  });
});

/** A sample at so many ms, up to which the processor was idle and each process's one thread ran for so long. */
function sample(atMs: number, idleMs: number, runs: Readonly<Record<string, number>>): UsageSample {
  const cpu = { user: 0, nice: 0, system: 0, idle: idleMs * 1e6, iowait: 1e6, irq: 0, softirq: 3e6, steal: atMs * 1e4 };
  const processes = Object.entries(runs).map(([name, runMs]) => [
    name,
    {
      threads: {
        '7': {
          name: 'main',
          run: nanos(runMs * 1e6),
          delay: nanos(runMs * 1e5),
          voluntarySwitches: 4,
          involuntarySwitches: 1,
        },
        '8': { name: 'idle', run: nanos(0), delay: nanos(0), voluntarySwitches: 0, involuntarySwitches: 0 },
      },
      rssBytes: atMs,
      pssBytes: null,
      peakBytes: null,
    },
  ]);
  return {
    at: nanos(atMs * 1e6),
    took: nanos(0),
    machine: { cpus: { '0': cpu as unknown as UsageSample['machine']['cpus'][string] }, contextSwitches: atMs },
    processes: Object.fromEntries(processes),
  };
}

describe('usage between samples', () => {
  const usage = measureUsage([
    sample(1000, 500, { a: 1, b: 2, gone: 1 }),
    sample(1100, 570, { a: 6, b: 4 }),
    sample(1200, 648, { a: 11, b: 22, new: 3 }),
  ]);

  test('is the difference of first and last, for components that are in both', () => {
    assert.equal(usage.windowNs, 200e6);
    assert.deepEqual(Object.keys(usage.components), ['a', 'b']);
    assert.equal(usage.components['a']?.cpuNs, 10e6);
    assert.equal(usage.components['b']?.runDelayNs, 2e6);
    assert.equal(usage.components['b']?.rssBytes, 1200);
  });

  test('components and unattributed add up to busy, which is what was neither idle nor stolen', () => {
    const { busyNs, unattributedNs, stealNs, cores } = usage.machine;
    const accounted = Object.values(usage.components).reduce((sum, { cpuNs }) => sum + cpuNs, 0);
    // 200 ms, of which 148 were idle and 2 were stolen.
    assert.equal(busyNs, 50e6);
    assert.equal(accounted + unattributedNs, busyNs);
    assert.equal(stealNs, 2e6);
    assert.equal(cores, 1);
  });

  test('threads that did little are summed up', () => {
    assert.deepEqual(
      usage.components['a']?.threads.map(({ name }) => name),
      ['main', 'others'],
    );
  });

  test('the series has a point for every step, and its points add up to the whole', () => {
    assert.deepEqual(
      usage.series.map(({ atNs, spanNs }) => [atNs, spanNs]),
      [
        [0, 100e6],
        [100e6, 100e6],
      ],
    );
    assert.equal(
      usage.series.reduce((sum, { components }) => sum + (components['b']?.cpuNs ?? 0), 0),
      20e6,
    );
  });

  test('tells what a limited component was held back between first and last, and of no other', () => {
    const limited = (at: UsageSample, periods: number): UsageSample => {
      const { a, ...others } = at.processes;
      assert.ok(a !== undefined);
      const throttling = { periods, throttledPeriods: periods / 2, throttledNs: periods * 1e6 };
      return { ...at, processes: { ...others, a: { ...a, throttling } } };
    };
    const { components } = measureUsage([
      limited(sample(1000, 500, { a: 1, b: 2 }), 10),
      sample(1100, 570, { a: 6, b: 4 }),
      limited(sample(1200, 648, { a: 11, b: 22 }), 16),
    ]);
    assert.deepEqual(components['a']?.throttling, { periods: 6, throttledPeriods: 3, throttledNs: 6e6 });
    assert.ok(components['b'] !== undefined && !('throttling' in components['b']));
  });

  test('needs two samples', () => {
    assert.throws(() => measureUsage([sample(1, 1, {})]), RangeError);
  });
});

test('a process is read while it lives, and not after', async () => {
  const child = mortal(
    spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000); let x = 0; while (x < 3e8) x++; console.log(1)'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  );
  await new Promise((resolve) => child.stdout.once('data', resolve));
  const reader = openProcess(child.pid ?? 0);
  const counters = reader.read(true);
  assert.ok(counters !== undefined);
  const runs = Object.values(counters.threads).map(({ run }) => run);
  assert.ok(Math.max(...runs) > 50e6, `ran for ${Math.max(...runs)} ns`);
  assert.ok(counters.rssBytes > 10e6);
  const { pssBytes, peakBytes } = reader.readMemory();
  assert.ok((peakBytes ?? 0) >= counters.rssBytes && (pssBytes ?? 0) > 0);
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('exit', resolve));
  assert.equal(reader.read(true), undefined);
  reader.close();
});
