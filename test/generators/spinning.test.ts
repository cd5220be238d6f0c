import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import { allProcesses, until } from '../support/processes.ts';

const TARGETS = path.resolve(import.meta.dirname, '../../scripts/generators/targets.js');

test('a loop that keeps a processor busy ends with who started it, however that ends', async () => {
  const program = `const { startSpinning } = await import(${JSON.stringify(TARGETS)}); startSpinning(0); setInterval(() => {}, 1000);`;
  const parent = spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: 'ignore' });
  const spinning = await until('the loop', 20, () =>
    allProcesses().find((one) => one.parent === parent.pid && one.command.startsWith('sh -c while')),
  );
  parent.kill('SIGKILL');
  await until('its end', 5, () => !allProcesses().some(({ pid }) => pid === spinning.pid));
  assert.ok(spinning.pid > 0);
});
