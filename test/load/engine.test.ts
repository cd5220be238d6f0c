import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { LoadTotal } from '../../src/load/index.ts';
import { Histogram } from '../../src/metrics/index.ts';
import { nanos } from '../../src/units/index.ts';
import { OK, plan, type Reaction, simulate } from './simulation.ts';

const answerAfter = (afterNs: number): Reaction => ({ kind: 'answer', afterNs });

function quantile(encoded: string, fraction: number): number {
  using histogram = Histogram.decode(encoded);
  return histogram.quantile(fraction) ?? Number.NaN;
}

function ended(total: LoadTotal): number {
  return Object.values(total.outcomes).reduce((sum, count) => sum + (count ?? 0), 0);
}

/** Within HdrHistogram's 0.1 % and one turn of the simulated loop. */
function assertNear(actual: number, expected: number, slack = 30_000): void {
  assert.ok(Math.abs(actual - expected) <= slack + expected * 0.001, `${actual} is not near ${expected}`);
}

describe('the open loop', () => {
  test('measures a constant server exactly, one sample a request', async () => {
    const { total } = await simulate(plan({ rate: 10 }), () => answerAfter(50e6));
    assert.equal(total.planned, 20);
    assert.deepEqual(total.outcomes, { ok: 20 });
    assertNear(quantile(total.histograms.response, 0.5), 50e6);
    assertNear(quantile(total.histograms.service, 0.5), 50e6);
  });

  test('charges a stall to every request that was due in it, on one connection and on many', async () => {
    const [stallFrom, stallFor] = [500e6, 500e6];
    for (const connections of [1, 32]) {
      const { total } = await simulate(plan({ connections, rate: 100 }), (_k, now) => {
        const into = now - (1e12 + 1e6) - stallFrom;
        return answerAfter(into >= 0 && into < stallFor ? stallFor - into : 0);
      });
      // Requests due within the stall wait for its end: 50 of 200, spread evenly over 0 … 500 ms.
      assertNear(quantile(total.histograms.response, 1), stallFor, 11e6);
      assertNear(quantile(total.histograms.response, 0.9), 300e6, 11e6);
      assert.ok(quantile(total.histograms.response, 0.74) < 1e6);
      assert.ok(quantile(total.histograms.releaseLag, 1) < 50_000, 'the stall is not ours');
    }
  });

  test('a server slower than the rate queues, and the wait is the queue wait', async () => {
    const { total } = await simulate(plan({ rate: 100, duration: nanos(500e6) }), () => answerAfter(20e6));
    // Request i is sent at 20 ms × i though due at 10 ms × i.
    assertNear(quantile(total.histograms.queueWait, 1), 49 * 10e6, 1e6);
    assertNear(quantile(total.histograms.service, 1), 20e6);
    assertNear(quantile(total.histograms.response, 1), 49 * 10e6 + 20e6, 1e6);
  });

  test('its own stall shows as release lag and as a loop gap', async () => {
    let stalled = false;
    const { total } = await simulate(plan({ rate: 1000 }), () => answerAfter(0), {
      stallTurns: (now) => {
        if (stalled || now < 1e12 + 1e9) return 0;
        stalled = true;
        return 25e6;
      },
    });
    assertNear(quantile(total.histograms.releaseLag, 1), 25e6, 1.1e6);
    assert.equal(total.loopGaps.over1ms, 1);
    assertNear(total.loopGaps.maxNs, 25e6, 100_000);
  });

  test('what falls due while answers are read is not left until all of them are', async () => {
    // Ten answers come at once, every 5 ms, and take a millisecond to read; a request is due every half.
    const toNext = (now: number): number => 5e6 - (now % 5e6);
    const { total } = await simulate(plan({ rate: 2000, connections: 32 }), (_k, now) => answerAfter(toNext(now)), {
      answerNs: 100_000,
    });
    assert.deepEqual(total.outcomes, { ok: total.planned });
    assert.ok(quantile(total.histograms.releaseLag, 1) < 250_000, `${quantile(total.histograms.releaseLag, 1)} ns`);
  });

  test('warm-up requests are sent and not counted, but overall', async () => {
    let sent = 0;
    const { total } = await simulate(plan({ rate: 100, warmup: nanos(1e9), duration: nanos(1e9) }), (k) => {
      sent += 1;
      return k % 4 === 3
        ? { ...answerAfter(1e6), text: 'HTTP/1.1 503 \r\ncontent-length: 0\r\n\r\n' }
        : answerAfter(1e6);
    });
    assert.equal(sent, 200);
    assert.equal(total.planned, 100);
    assert.deepEqual(total.outcomes, { ok: 75, status: 25 });
    assert.deepEqual(total.overall, { sent: 200, ok: 150, status: 50 });
  });

  test('what never left is not sent', async () => {
    const { total } = await simulate(plan({ connections: 1, rate: 10, timeout: nanos(300e6) }), () => ({
      kind: 'silence',
    }));
    const unsent = total.outcomes.unsent ?? 0;
    assert.ok(unsent > 0);
    assert.deepEqual(total.overall, { sent: total.planned - unsent, ...total.outcomes });
  });

  test('every kind of end is an outcome, and failed requests keep their instants', async () => {
    const kinds: readonly Reaction[] = [
      answerAfter(1e6),
      { kind: 'answer', afterNs: 1e6, text: 'HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n' },
      { kind: 'answer', afterNs: 1e6, text: 'garbage\r\n\r\n' },
      { kind: 'close', afterNs: 1e6, reason: 'ECONNRESET' },
      { kind: 'close', afterNs: 1e6, reason: 'end' },
      { kind: 'silence' },
    ];
    const { total } = await simulate(
      plan({ rate: 6, connections: 4, duration: nanos(1e9), timeout: nanos(300e6) }),
      (k) => kinds[k] ?? answerAfter(0),
    );
    assert.deepEqual(total.outcomes, { ok: 1, status: 1, protocol: 1, connection: 2, timeout: 1 });
    assert.deepEqual(
      total.failed.map(({ outcome, detail }) => [outcome, detail.split(':')[0]]),
      [
        ['status', '503'],
        ['protocol', 'not a status line'],
        ['connection', 'ECONNRESET'],
        ['connection', 'closed before the answer'],
        ['timeout', 'no answer in time'],
      ],
    );
    const timeout = total.failed.at(-1);
    assertNear((timeout?.done ?? 0) - (timeout?.sent ?? 0), 300e6, 11e6);
    assertNear(timeout?.intended ?? 0, (5 / 6) * 1e9);
  });

  test('a request that no connection takes within its time-out is unsent', async () => {
    const { total } = await simulate(plan({ rate: 10, duration: nanos(1e9), timeout: nanos(250e6) }), () => ({
      kind: 'silence',
    }));
    assert.equal(ended(total), total.planned);
    assert.ok((total.outcomes.unsent ?? 0) >= 3);
    const unsent = total.failed.find(({ outcome }) => outcome === 'unsent');
    assert.equal(unsent?.sent, null);
    assert.match(unsent?.detail ?? '', /given up: no answer in time$/u);
  });

  test('each endpoint gets its share of requests, however soon one of them fails', async () => {
    const endpoints = [1, 2, 3, 4].map((host) => ({ address: `10.0.0.${host}`, port: 1 }));
    const [first, ...others] = endpoints;
    assert.ok(first !== undefined);
    const refused = 'HTTP/1.1 503 \r\ncontent-length: 0\r\n\r\n';
    for (const connections of [4, 7, 32]) {
      const asked = new Map<string, number>();
      const { total } = await simulate(
        plan({ endpoints: [first, ...others], endpoint: { kind: 'spread' }, connections, rate: 1000 }),
        (_k, _now, _request, { address }) => {
          asked.set(address, (asked.get(address) ?? 0) + 1);
          return address === first.address ? { ...answerAfter(0), text: refused } : answerAfter(3e6);
        },
      );
      assert.deepEqual(total.outcomes, { ok: 1500, status: 500 });
      assert.deepEqual([...asked.values()], [500, 500, 500, 500]);
    }
  });

  test('requests for an endpoint that is gone wait for it, and for no other', async () => {
    const { total } = await simulate(
      plan({
        endpoints: [
          { address: '10.0.0.1', port: 1 },
          { address: '10.0.0.2', port: 1 },
        ],
        endpoint: { kind: 'spread' },
        connections: 2,
        rate: 100,
        timeout: nanos(300e6),
      }),
      (_k, _now, _request, { address }) => (address === '10.0.0.1' ? { kind: 'silence' } : answerAfter(1e6)),
    );
    assert.equal(total.outcomes.ok, 100);
    assert.equal((total.outcomes.timeout ?? 0) + (total.outcomes.unsent ?? 0), 100);
  });

  test('an answer that asks to close is counted, and the connection is replaced', async () => {
    const { total } = await simulate(plan({ rate: 10, duration: nanos(1e9) }), () => ({
      kind: 'answer',
      afterNs: 1e6,
      text: 'HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n',
    }));
    assert.deepEqual(total.outcomes, { ok: 10 });
    assert.ok(total.connections.opened >= 10);
  });

  test('answers are counted by version tag', async () => {
    const { total } = await simulate(plan({ rate: 10, duration: nanos(1e9) }), (k) => ({
      kind: 'answer',
      afterNs: 0,
      text: `HTTP/1.1 200 OK\r\nx-app-version: v${k % 2}\r\ncontent-length: 0\r\n\r\n`,
    }));
    assert.deepEqual(total.versions, { v0: 5, v1: 5 });
  });

  test('an answer that nobody asked for is a protocol error of what follows, not a crash', async () => {
    const { total } = await simulate(plan({ rate: 10, duration: nanos(1e9) }), (k) => ({
      kind: 'answer',
      afterNs: 0,
      text: k === 3 ? OK + OK : OK,
    }));
    assert.equal(ended(total), 10);
    assert.equal(total.outcomes.ok, 10);
    assert.equal(total.connections.opened, 2);
  });

  test('whatever the server does, every planned request ends exactly once, and the seconds add up to the total', async () => {
    const reaction: fc.Arbitrary<Reaction> = fc.oneof(
      fc.nat(400).map((ms): Reaction => answerAfter(ms * 1e6)),
      fc.constantFrom<Reaction>(
        { kind: 'silence' },
        { kind: 'close', afterNs: 0, reason: 'ECONNRESET' },
        { kind: 'close', afterNs: 5e6, reason: 'end' },
        { kind: 'answer', afterNs: 1e6, text: 'HTTP/1.1 500 X\r\ncontent-length: 0\r\n\r\n' },
        { kind: 'answer', afterNs: 1e6, text: 'nonsense\r\n\r\n' },
        { kind: 'answer', afterNs: 1e6, text: 'HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n' },
      ),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(reaction, { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 60 }),
        async (reactions, connections, rate) => {
          const { total, intervals } = await simulate(
            plan({ rate, connections, duration: nanos(1.5e9), timeout: nanos(200e6) }),
            (k) => reactions[k % reactions.length] ?? answerAfter(0),
            { turnNs: 200_000 },
          );
          assert.equal(ended(total), total.planned);
          const summed = intervals.reduce((sum, { outcomes }) => sum + ended({ ...total, outcomes }), 0);
          assert.equal(summed, total.planned);
          using whole = new Histogram();
          for (const { histograms } of intervals) {
            using part = Histogram.decode(histograms.response);
            whole.add(part);
          }
          using expected = Histogram.decode(total.histograms.response);
          assert.ok(whole.equals(expected));
          assert.equal(total.failed.length + (total.outcomes.ok ?? 0), total.planned);
        },
      ),
      { numRuns: 60 },
    );
  });
});
