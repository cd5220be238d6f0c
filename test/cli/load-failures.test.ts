import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failureReasons } from '../../src/cli/commands/load-failures.ts';
import type { FailedRequest } from '../../src/load/index.ts';

function failed(outcome: FailedRequest['outcome'], detail: string): FailedRequest {
  return { intended: 0, released: 0, sent: 0, done: 0, outcome, detail, connection: 0 };
}

test('reasons that differ in numbers alone are one, and the most frequent come first', () => {
  const requests = [
    failed('timeout', 'no answer in time'),
    failed('protocol', 'a reply with sequence id 16385, which no call waits for'),
    failed('protocol', 'a reply with sequence id 16390, which no call waits for'),
    failed('connection', 'no answer in time'),
  ];
  assert.deepEqual(failureReasons({ failed: requests }), [
    { outcome: 'protocol', reason: 'a reply with sequence id 16385, which no call waits for', requests: 2 },
    { outcome: 'timeout', reason: 'no answer in time', requests: 1 },
    { outcome: 'connection', reason: 'no answer in time', requests: 1 },
  ]);
});

test('a list of a hundred reasons ends at twenty', () => {
  const words = Array.from({ length: 100 }, (_, index) => failed('protocol', 'x'.repeat(index + 1)));
  assert.equal(failureReasons({ failed: words }).length, 20);
});
