import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { firstOf, lateToFail } from '../../src/run/first-of.ts';

const fail = async (ms: number, message: string): Promise<never> => {
  await sleep(ms);
  throw new Error(message);
};

test('work that fails since a process has died says that it has', async () => {
  const refused = fail(0, 'connection refused');
  await assert.rejects(firstOf(lateToFail(refused), fail(30, 'died')), /died/u);
});

test('work that fails for a reason of its own says that', async () => {
  const never = new Promise<never>(() => undefined);
  await assert.rejects(firstOf(lateToFail(fail(0, 'connection refused')), never), /connection refused/u);
});

test('work that is done does not wait', async () => {
  assert.equal(await firstOf(lateToFail(Promise.resolve(7)), fail(0, 'died')), 7);
});
