import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RUNTIMES } from '../../../src/runtime/index.ts';
import { noDocker, TestDocker } from '../../support/dockerd.ts';
import { ROOT } from '../../support/root.ts';

test("a test's daemon that crashed leaves no shim of its containers behind", { skip: noDocker }, async () => {
  const daemon = await TestDocker.start();
  await using world = await RUNTIMES.docker.open({ harnessCpus: [0], readable: [ROOT, process.execPath] });
  await world.host({
    name: 'one',
    address: '198.18.0.10',
    folder: '/run/meshbench/one',
    sysctls: {},
    joins: undefined,
    seccomp: true,
  });
  assert.ok(daemon.processes().some(({ command }) => command.includes('containerd-shim')));
  daemon.crash();
  await daemon[Symbol.asyncDispose]();
  assert.deepEqual(daemon.processes(), []);
});
