import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { alone } from '../../src/setup/lock.ts';
import { programWith, runChild } from './child.ts';

test('only one is at it at a time, and a failure gives the lock back', async () => {
  let inside = 0;
  let most = 0;
  let waited = 0;
  const work = async (): Promise<void> => {
    inside += 1;
    most = Math.max(most, inside);
    await sleep(20);
    inside -= 1;
    if (most > 1) return;
    throw new Error('failed');
  };
  const name = `test ${process.pid}`;
  const results = await Promise.allSettled([1, 2, 3].map(() => alone(name, () => (waited += 1), work)));
  assert.deepEqual(
    results.map(({ status }) => status),
    ['rejected', 'rejected', 'rejected'],
  );
  assert.equal(most, 1);
  assert.equal(waited, 2);
});

test('names do not wait for each other', async () => {
  const never = (): void => assert.fail('waited');
  const result = await alone(`a ${process.pid}`, never, () => alone(`b ${process.pid}`, never, async () => 'both'));
  assert.equal(result, 'both');
});

test('a holder that is killed gives the lock back', async () => {
  const name = `killed ${process.pid}`;
  const body = `return it.alone('${name}', () => {}, () => { process.kill(process.pid, 'SIGKILL'); return new Promise(() => {}); })`;
  assert.equal((await runChild(programWith('lock.js', body))).code, null);
  assert.equal(
    await alone(
      name,
      () => assert.fail('still held'),
      async () => 'free',
    ),
    'free',
  );
});
