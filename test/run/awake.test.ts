import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Usage } from '../../src/metrics/index.ts';
import { measureUsage, monotonicNow } from '../../src/metrics/index.ts';
import { awakeProcesses, withoutAwake } from '../../src/run/awake.ts';
import { availableCpus } from '../../src/run/index.ts';
import { RUNTIMES } from '../../src/runtime/index.ts';
import { fromMillis, nanos } from '../../src/units/index.ts';
import { ROOT } from '../support/root.ts';

describe('keeping processors awake', () => {
  test('takes idle time alone, and usage is told without it', async () => {
    const cpu = availableCpus().at(-1) ?? 0;
    await using world = await RUNTIMES.sandbox.open({ harnessCpus: [cpu], readable: [ROOT] });
    await using host = await world.host({
      name: 'client',
      address: '198.18.0.10',
      folder: '/run/client',
      sysctls: {},
      joins: undefined,
      seccomp: true,
    });
    for (const spec of awakeProcesses([cpu])) await host.start(spec);
    const from = nanos(monotonicNow() + fromMillis(200));
    const until = nanos(from + fromMillis(1000));
    const usage = measureUsage(await world.observe({ from, until, interval: fromMillis(500), memory: true }));
    const loop = usage.components[`client.awake-${cpu}`]?.cpuNs ?? 0;
    assert.ok(loop > 0.2e9, `the loop ran for ${loop} ns of a second`);
    const told = withoutAwake(usage, 'client', [cpu]);
    assert.deepEqual(
      Object.keys(told.components).filter((name) => name.includes('awake')),
      [],
    );
    assert.equal(told.machine.busyNs, usage.machine.busyNs - loop);
    assert.equal(told.machine.unattributedNs, usage.machine.unattributedNs);
    assert.equal(busyOf(told, cpu), busyOf(usage, cpu) - loop);
    assert.ok(told.series.every(({ busyNs }, index) => busyNs < (usage.series[index]?.busyNs ?? 0)));
  });
});

function busyOf(usage: Usage, cpu: number): number {
  return usage.machine.busyByCpuNs[cpu] ?? Number.NaN;
}
