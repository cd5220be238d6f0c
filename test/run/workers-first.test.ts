import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LOAD, MeshPlace, type Standing } from '../support/standing-mesh.ts';

/** Of the kernel's scheduling policies. */
const NORMAL = '0';
const ROUND_ROBIN = '2';

/** Scheduling policies of a process's threads, by the names of these. */
async function policies(standing: Standing, host: string, process: string): Promise<Readonly<Record<string, string>>> {
  const pid = standing.deployment.processes.get(`${host}.${process}`)?.pid;
  const stats = await standing.ask(host, 'sh', '-c', `cat /proc/${pid}/task/*/stat`);
  return Object.fromEntries(
    stats.split('\n').map((stat) => [stat.slice(stat.indexOf('(') + 1, end(stat)), policy(stat)]),
  );
}

/** The 41st field of proc_pid_stat(5), counted from after the name, which may hold anything. */
function policy(stat: string): string {
  return stat.slice(end(stat) + 2).split(' ')[38] ?? '';
}

function end(stat: string): number {
  return stat.lastIndexOf(')');
}

const asRoot = { skip: process.getuid?.() === 0 ? false : 'SCHED_RR needs root' };

test(
  'under SCHED_RR a proxy’s workers run before its main thread and its control plane, where root may have it',
  asRoot,
  async () => {
    await using place = await MeshPlace.open();
    const mesh = '{ outbound: listener }, controlPlane: { kind: xds }';
    await using standing = await place.up(mesh, undefined, '', LOAD, 'realtime');
    const proxy = await policies(standing, 'client', 'envoy');
    assert.equal(proxy['wrk:worker_0'], ROUND_ROBIN);
    assert.equal(proxy['envoy'], NORMAL);
    assert.deepEqual(new Set(Object.values(await policies(standing, 'server', 'app'))), new Set([ROUND_ROBIN]));
    assert.deepEqual(new Set(Object.values(await policies(standing, 'control-plane', 'xds'))), new Set([NORMAL]));
  },
);
