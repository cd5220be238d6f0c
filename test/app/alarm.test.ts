import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Alarm } from '../../src/app/alarm.ts';
import { monotonicNow } from '../../src/metrics/index.ts';
import { tookAtMost } from '../support/timing.ts';

test('an alarm rings every item once, in order, never early, and mostly within a millisecond', async (t) => {
  const late: number[] = [];
  const rung: number[] = [];
  const instants = Array.from({ length: 200 }, (_, i) => ((i * 7919) % 200) * 1e6 + 20e6);
  await new Promise<void>((resolve) => {
    const start = monotonicNow();
    const alarm = new Alarm<number>(monotonicNow, (due) => {
      late.push(monotonicNow() - due);
      rung.push(due - start);
      if (rung.length < instants.length) return;
      alarm.close();
      resolve();
    });
    for (const instant of instants) alarm.set(start + instant, start + instant);
  });
  assert.equal(rung.length, instants.length);
  assert.deepEqual(
    rung,
    [...rung].sort((a, b) => a - b),
  );
  assert.ok(Math.min(...late) >= 0);
  const median = late.sort((a, b) => a - b)[100] ?? 0;
  tookAtMost(t, 1, median / 1e6);
});

test('what is due at the same instant rings in the order in which it was set', async () => {
  const rung: number[] = [];
  const wanted = Array.from({ length: 1000 }, (_, index) => index);
  await new Promise<void>((resolve) => {
    const due = monotonicNow() + 20e6;
    const alarm = new Alarm<number>(monotonicNow, (item) => {
      rung.push(item);
      if (rung.length < wanted.length) return;
      alarm.close();
      resolve();
    });
    for (const item of wanted) alarm.set(due, item);
  });
  assert.deepEqual(rung, wanted);
});
