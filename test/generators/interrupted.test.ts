import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { mortal } from '../support/mortal.ts';
import { allProcesses, descendants, until } from '../support/processes.ts';

const GENERATORS = path.resolve(import.meta.dirname, '../../scripts/generators');

/** Everything that a comparison starts: a target, a busy loop, a rival in an endless run of its own, and ours. */
const COMPARISON = `
const { exitWhenInterrupted } = await import('${GENERATORS}/bound.js');
const { HTTP } = await import('${GENERATORS}/parts.js');
const { Sitting } = await import('${GENERATORS}/sitting.js');
const { startSpinning, startThrift } = await import('${GENERATORS}/targets.js');
exitWhenInterrupted();
const sitting = new Sitting(60, { load: 0, system: 0 }, () => {});
const target = await startThrift(0);
startSpinning(0);
void sitting.outputOf(['sleep', '1000']);
process.stdout.write(sitting.folder);
await sitting.ours({ round: 0, target, asked: 'held' }, { request: HTTP, rate: 10 });
`;
/** How what it starts is told among processes, and how many these are: two are agents. */
const STARTED = /agent|sh -c while|sleep 1000/u;
const HOW_MANY = 4;

for (const [signal, left] of [
  ['SIGINT', 'no process and no folder'],
  ['SIGTERM', 'no process and no folder'],
  ['SIGKILL', 'no process'],
] as const) {
  test(`a comparison of generators that ${signal} ends leaves ${left} behind`, async () => {
    const argv = ['--input-type=module', '--eval', COMPARISON];
    const parent = mortal(spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] }));
    const folder = await new Promise<string>((resolve) => parent.stdout.once('data', (data) => resolve(String(data))));
    const started = await until('all of it', 20, () => {
      const seen = descendants(parent.pid ?? 0).filter(({ command }) => STARTED.test(command));
      return seen.length >= HOW_MANY && seen.map(({ pid }) => pid);
    });
    const living = (): number[] => allProcesses().flatMap(({ pid }) => (started.includes(pid) ? [pid] : []));
    try {
      parent.kill(signal);
      await until('their end', 5, () => living().length === 0);
      assert.equal(existsSync(folder), signal === 'SIGKILL');
    } finally {
      for (const pid of living()) process.kill(pid, 'SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    }
  });
}
