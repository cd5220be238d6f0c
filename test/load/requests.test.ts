import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { weightedOrder } from '../../src/load/protocols/in-turn.ts';
import { Histogram } from '../../src/metrics/index.ts';
import { DEFAULT_SETTINGS, type LoadSettings, messagesOf } from '../../src/scenario/index.ts';
import { bytes, nanos } from '../../src/units/index.ts';
import { plan, type Reaction, simulate } from './simulation.ts';

/** What a load with these settings sends first, and how its first requests are shared out. */
async function sent(load: Partial<LoadSettings>, requests = 1): Promise<readonly string[]> {
  const texts: string[] = [];
  const messages = messagesOf({ ...DEFAULT_SETTINGS.load, ...load });
  const request = { protocol: 'http', authority: 'shop:8080', messages, seed: 3 } as const;
  await simulate(plan({ rate: 100, duration: nanos(requests * 1e7), connections: 3, request }), (_k, _now, text) => {
    texts.push(text.toString());
    return { kind: 'answer', afterNs: 1000 };
  });
  return texts;
}

describe('a request', () => {
  test('says what the load says', async () => {
    const [text] = await sent({ method: 'POST', path: '/cart?a=1', headers: { 'X-A': '1' }, payload: bytes(3) });
    assert.equal(text, 'POST /cart?a=1 HTTP/1.1\r\nhost: shop:8080\r\nX-A: 1\r\ncontent-length: 3\r\n\r\nxxx');
  });

  test('may name another host, whatever its case', async () => {
    const [text] = await sent({ headers: { Host: 'other' } });
    assert.equal(text, 'GET / HTTP/1.1\r\nHost: other\r\n\r\n');
  });

  test('carries a text as UTF-8, with the length in bytes', async () => {
    const [text = ''] = await sent({ method: 'PUT', body: 'é!' });
    assert.ok(text.endsWith('content-length: 3\r\n\r\n\u00c3\u00a9!'), text);
  });

  test('without a body has no length, but POST has one', async () => {
    assert.doesNotMatch((await sent({ method: 'DELETE' }))[0] ?? '', /content-length/u);
    assert.match((await sent({ method: 'POST' }))[0] ?? '', /content-length: 0/u);
  });
});

describe('several targets', () => {
  const targets = [
    { weight: 3, path: '/a' },
    { weight: 1, path: '/b', method: 'POST' as const, body: 'b', headers: { 'x-b': '1' } },
  ];

  test('share the requests as their weights say, over all connections', async () => {
    const texts = await sent({ headers: { 'x-all': '1' }, targets }, 40);
    assert.equal(
      texts.filter((text) => text.startsWith('GET /a HTTP/1.1\r\nhost: shop:8080\r\nx-all: 1\r\n\r\n')).length,
      30,
    );
    assert.equal(texts.filter((text) => text.startsWith('POST /b ') && text.includes('x-all: 1\r\nx-b: 1')).length, 10);
  });

  test('stand in a cycle as often as their weights say, in an order that the seed draws', () => {
    const weights = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(weights, fc.nat(1e6), (list, seed) => {
        const messages = list.map((weight) => ({ ...messagesOf(DEFAULT_SETTINGS.load)[0], weight }));
        const order = weightedOrder({ messages: messages as never, seed });
        assert.deepEqual(
          list.map((_, index) => order.filter((place) => place === index).length),
          list,
        );
        assert.deepEqual(order, weightedOrder({ messages: messages as never, seed }));
      }),
    );
  });
});

describe('a connection that is lost', () => {
  const dropped = async (drop: Reaction): Promise<{ count: number; max: number; ok: number }> => {
    const { total } = await simulate(plan({ rate: 100, duration: nanos(1e9) }), (k) =>
      k % 10 === 4 ? drop : { kind: 'answer', afterNs: 1e6 },
    );
    using reconnects = Histogram.decode(total.reconnects);
    return { count: reconnects.count, max: reconnects.max ?? 0, ok: total.outcomes.ok ?? 0 };
  };

  test('is counted with the time until it stood again', async () => {
    const { count, max, ok } = await dropped({ kind: 'close', afterNs: 1e6, reason: 'ECONNRESET' });
    assert.deepEqual([count, ok], [10, 90]);
    assert.ok(max < 100_000, `${max} ns`);
  });

  test('belongs to the phase of its request, also where it is noticed in the next one', async () => {
    const phases = { warmup: nanos(1e9), duration: nanos(1e9) };
    const { total } = await simulate(plan({ rate: 100, ...phases }), (k) =>
      k === 99 ? { kind: 'close', afterNs: 50e6, reason: 'ECONNRESET' } : { kind: 'answer', afterNs: 1e6 },
    );
    using reconnects = Histogram.decode(total.reconnects);
    assert.deepEqual([total.outcomes.connection, reconnects.count], [undefined, 0]);
  });

  test('is one of these also where the answer says that it closes', async () => {
    const text = 'HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n';
    const { count, ok } = await dropped({ kind: 'answer', afterNs: 1e6, text });
    assert.deepEqual([count, ok], [10, 100]);
  });
});

test('an answer that was there before its request was sent is not taken for it', async () => {
  const two = 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'.repeat(2);
  // Slower than the rate, so that a request always waits for the connection.
  const { total } = await simulate(plan({ rate: 100, duration: nanos(1e8), timeout: nanos(9e9) }), (k) => ({
    kind: 'answer',
    afterNs: 20e6,
    ...(k === 2 ? { text: two } : {}),
  }));
  assert.deepEqual(total.outcomes, { ok: 10 });
  using service = Histogram.decode(total.histograms.service);
  assert.ok((service.quantile(0) ?? 0) >= 19.9e6, 'each has waited for its own');
});
