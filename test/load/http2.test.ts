import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Http2Request, LoadPlan, LoadTotal } from '../../src/load/index.ts';
import { DEFAULT_SETTINGS, messagesOf } from '../../src/scenario/index.ts';
import { bytes, nanos } from '../../src/units/index.ts';
import {
  dataFrame,
  framesIn,
  GREETING,
  goawayFrame,
  goodAnswer,
  headFrame,
  opened,
  resetFrame,
  settingsFrame,
  type WrittenFrame,
  windowFrame,
} from '../support/http2.ts';
import { plan, type Reaction, simulate } from './simulation.ts';

const DATA = 0;
const RESET = 3;
const REFUSED_STREAM = 7;

function request(streams = 100, load: Partial<typeof DEFAULT_SETTINGS.load> = {}): Http2Request {
  const messages = messagesOf({ ...DEFAULT_SETTINGS.load, ...load });
  return { protocol: 'http2', authority: 'test', messages, seed: 1, streams };
}

/** What a simulated server does with a stream; text goes out 1 ms after the request came. */
type Answer = (stream: number, written: string | Buffer) => string;

/** Ten requests within 100 ms on one connection, of which the first on stream 7 is answered so. */
async function ten(seventh: Answer, overrides: Partial<LoadPlan> = {}): Promise<LoadTotal> {
  let once = false;
  const { total } = await simulate(
    plan({ rate: 100, duration: nanos(1e8), request: request(), ...overrides }),
    serve((stream, written) => {
      if (stream !== 7 || once) return goodAnswer(stream);
      once = true;
      return seventh(stream, written);
    }),
  );
  return total;
}

/** Greets, and answers what opens streams; acknowledgements and all else are taken and nothing said. */
function serve(answer: Answer, greeting = GREETING): (k: number, now: number, written: string | Buffer) => Reaction {
  return (_k, _now, written) => {
    const streams = opened(written);
    const greets = written.toString().startsWith('PRI');
    const text = (greets ? greeting : '') + streams.map((stream) => answer(stream, written)).join('');
    if (text === '') return { kind: 'silence' };
    return { kind: 'answer', afterNs: greets ? 0 : 1e6, text: Buffer.from(text, 'latin1') };
  };
}

describe('an answer over HTTP/2', () => {
  test('that is good is ok, with its version tag and its latency from the due instant', async () => {
    const total = await ten((stream) => goodAnswer(stream));
    assert.deepEqual(total.outcomes, { ok: 10 });
    assert.deepEqual(total.versions, { v1: 10 });
    assert.equal(total.connections.opened, 1);
  });

  test('may come in any order, cut at any byte, behind hints, padded, with trailers and in parts', async () => {
    const held: string[] = [];
    const answer: Answer = (stream) => {
      const head =
        headFrame(stream, { ':status': '103', link: 'x' }, false) + headFrame(stream, { ':status': '200' }, false);
      held.unshift(head + dataFrame(stream, 'a', false) + headFrame(stream, { 'x-end': '1' }, true));
      return held.length === 5 ? held.splice(0).join('') : '';
    };
    const pieces = (text: string): readonly string[] => text.match(/[\s\S]{1,7}/gu) ?? [];
    const { total } = await simulate(
      plan({ rate: 100, duration: nanos(1e8), request: request() }),
      (k, now, written) => {
        const reaction = serve(answer)(k, now, written);
        if (reaction.kind !== 'answer') return reaction;
        return {
          kind: 'pieces',
          afterNs: reaction.afterNs,
          pieces: pieces(reaction.text?.toString('latin1') ?? ''),
          ends: false,
        };
      },
    );
    assert.deepEqual(total.outcomes, { ok: 10 });
  });

  const singles: readonly [string, Answer, string, RegExp][] = [
    ['a status', (stream) => headFrame(stream, { ':status': '503' }, true), 'status', /^503$/u],
    ['a reset', (stream) => resetFrame(stream, 2), 'connection', /^stream reset: INTERNAL_ERROR$/u],
    ['a refusal', (stream) => resetFrame(stream, REFUSED_STREAM), 'connection', /REFUSED_STREAM/u],
    ['an end without an answer', (stream) => dataFrame(stream, '', true), 'protocol', /a body before its head/u],
    [
      'hints alone',
      (stream) => headFrame(stream, { ':status': '103' }, false) + headFrame(stream, { a: '' }, true),
      'protocol',
      /without a status/u,
    ],
    ['a head without a status', (stream) => headFrame(stream, { server: 'x' }, true), 'protocol', /without a status/u],
    ['a status that is none', (stream) => headFrame(stream, { ':status': 'ok' }, true), 'protocol', /a status "ok"/u],
    [
      'a status behind fields',
      (stream) => headFrame(stream, { server: 'x', ':status': '200' }, true),
      'protocol',
      /out of its place/u,
    ],
    [
      'a body that is too short',
      (stream) =>
        headFrame(stream, { ':status': '200', 'content-length': '9' }, false) + dataFrame(stream, 'abc', true),
      'protocol',
      /a body of 3 bytes, where its head says 9/u,
    ],
    [
      'a second head',
      (stream) => headFrame(stream, { ':status': '200' }, false) + headFrame(stream, { a: '1' }, false),
      'protocol',
      /a second head/u,
    ],
  ];
  for (const [name, answer, outcome, detail] of singles) {
    test(`that is ${name} is of that request alone: ${outcome}`, async () => {
      const total = await ten(answer);
      assert.deepEqual(total.outcomes, { ok: 9, [outcome]: 1 });
      assert.match(total.failed[0]?.detail ?? '', detail);
      assert.equal(total.connections.opened, 1, 'the others go on');
    });
  }

  const breaking: readonly [string, Answer, RegExp][] = [
    ['a stream that nobody opened', () => goodAnswer(999), /stream 999, which no request opened/u],
    ['a push', (stream) => `\0\0\u0004\u0005\u0004\0\0\0${String.fromCharCode(stream)}\0\0\0\u0002`, /a push/u],
    ['a frame without its stream', () => headFrame(0, { ':status': '200' }, true), /names no stream/u],
    ['a frame that is too long', () => '\u0001\0\0\0\0\0\0\0\u0001', /a frame of 65536 bytes/u],
    [
      'a window beyond all',
      (stream) => `\0\0\u0004\u0008\0\0\0\0\0\u007f\u00ff\u00ff\u00ff${goodAnswer(stream)}`,
      /a window of/u,
    ],
    ['HTTP/1.1', () => 'HTTP/1.1 400 Bad Request\r\n\r\n', /speaks HTTP\/1/u],
    [
      'a head without an end before another frame',
      (stream) => `\0\0\u0001\u0001\0\0\0\0${String.fromCharCode(stream)}\u0088${goodAnswer(1)}`,
      /not whole before another/u,
    ],
  ];
  for (const [name, answer, detail] of breaking) {
    test(`that is ${name} ends the connection, which is replaced`, async () => {
      const total = await ten(answer);
      assert.equal((total.outcomes.ok ?? 0) + (total.outcomes.protocol ?? 0), 10);
      assert.ok((total.outcomes.protocol ?? 0) >= 1);
      assert.match(total.failed[0]?.detail ?? '', detail);
      assert.ok((total.failed[0]?.bytes ?? '') !== '', 'its bytes are kept');
      assert.equal(total.connections.opened, 2);
    });
  }

  test('that never comes is a timeout of that request alone, and its stream is given up', async () => {
    const resets: number[] = [];
    const behave = serve((stream) => (stream === 7 ? '' : goodAnswer(stream)));
    const { total } = await simulate(
      plan({ rate: 100, duration: nanos(1e8), timeout: nanos(3e7), request: request() }),
      (k, now, written) => {
        for (const { type, stream } of framesIn(written)) if (type === RESET) resets.push(stream);
        return behave(k, now, written);
      },
    );
    assert.deepEqual(total.outcomes, { ok: 9, timeout: 1 });
    assert.deepEqual(resets, [7]);
    assert.equal(total.connections.opened, 1);
  });

  test('may come too late for a stream that was given up', async () => {
    const behave = serve((stream) => (stream === 7 ? '' : goodAnswer(stream) + (stream === 15 ? goodAnswer(7) : '')));
    const { total } = await simulate(
      plan({ rate: 100, duration: nanos(1e8), timeout: nanos(2e7), request: request() }),
      behave,
    );
    assert.deepEqual(total.outcomes, { ok: 9, timeout: 1 });
  });
});

describe('a connection that is left', () => {
  test('by GOAWAY answers what it took, refuses the rest with the reason, and is replaced', async () => {
    // Streams 1, 3, 5 and 7 wait; then 3 is the last that is answered.
    const waiting: number[] = [];
    let left = false;
    const answer: Answer = (stream) => {
      if (left) return goodAnswer(stream);
      waiting.push(stream);
      if (waiting.length < 4) return '';
      left = true;
      return goawayFrame(3, 0) + goodAnswer(1) + goodAnswer(3);
    };
    const { total } = await simulate(plan({ rate: 100, duration: nanos(1e8), request: request() }), serve(answer));
    assert.deepEqual(total.outcomes, { ok: 8, connection: 2 });
    assert.deepEqual(
      total.failed.map(({ detail }) => detail),
      Array(2).fill('not answered after GOAWAY: NO_ERROR'),
    );
    assert.equal(total.connections.opened, 2);
  });

  test('by GOAWAY alone, with nothing under way, is replaced without a failure', async () => {
    const total = await ten((stream) => goodAnswer(stream) + goawayFrame(stream, 0));
    assert.deepEqual(total.outcomes, { ok: 10 });
    assert.equal(total.connections.opened, 2);
  });

  test('without a word fails all that was under way', async () => {
    let closed = false;
    const { total } = await simulate(
      plan({ rate: 100, duration: nanos(1e8), request: request() }),
      (k, now, written) => {
        if (!closed && opened(written).includes(7)) {
          closed = true;
          return { kind: 'close', afterNs: 1e6, reason: 'ECONNRESET' };
        }
        return serve((stream) => (closed ? goodAnswer(stream) : ''))(k, now, written);
      },
    );
    assert.deepEqual(total.outcomes, { ok: 6, connection: 4 });
    assert.equal(total.failed[0]?.detail, 'ECONNRESET');
  });
});

describe('streams at a time', () => {
  /** Answers two by two, the later one with the earlier: more than two would show. */
  const limits: readonly [string, number, string][] = [
    ['the scenario says', 2, GREETING],
    ['the other side takes', 100, settingsFrame([3, 2])],
  ];
  for (const [name, streams, greeting] of limits) {
    test(`are no more than ${name}, and what waits for one is not lost`, async () => {
      let under = 0;
      let most = 0;
      const { total } = await simulate(
        plan({ rate: 1000, duration: nanos(5e7), request: request(streams) }),
        (_k, _now, written) => {
          if (written.toString().startsWith('PRI'))
            return { kind: 'answer', afterNs: 0, text: Buffer.from(greeting, 'latin1') };
          const [stream] = opened(written);
          if (stream === undefined) return { kind: 'silence' };
          under += 1;
          most = Math.max(most, under);
          if (under < 2) return { kind: 'silence' };
          under = 0;
          const both = goodAnswer(stream) + goodAnswer(stream - 2);
          return { kind: 'answer', afterNs: 5e6, text: Buffer.from(both, 'latin1') };
        },
      );
      assert.equal(most, 2);
      assert.deepEqual(total.outcomes, { ok: 50 });
    });
  }
});

describe('a request over HTTP/2', () => {
  test('is sent as the scenario says, and never on an even stream or twice on one', async () => {
    const written: string[] = [];
    const load = {
      method: 'POST',
      path: '/a',
      payload: bytes(3),
      headers: { Host: 'shop', Connection: 'close', 'X-A': '1' },
    } as const;
    const behave = serve((stream) => goodAnswer(stream));
    await simulate(plan({ rate: 100, duration: nanos(5e7), request: request(10, load) }), (k, now, text) => {
      written.push(text.toString('latin1'));
      return behave(k, now, text);
    });
    assert.deepEqual(opened(written.join('')), [1, 3, 5, 7, 9]);
    const [head] = framesIn(written.find((text) => opened(text).length > 0) ?? '');
    assert.match(head?.payload ?? '', /shop/u);
    assert.match(head?.payload ?? '', /x-a/u);
    assert.doesNotMatch(head?.payload ?? '', /close/u);
  });

  test('has a body that waits for windows, in frames of 16,384 bytes at most, and goes out whole', async () => {
    const size = 200_000;
    const sent = new Map<number, number>();
    const { total } = await simulate(
      plan({ rate: 100, duration: nanos(3e7), request: request(10, { method: 'POST', payload: bytes(size) }) }),
      (_k, _now, written) => {
        const greeting = written.toString().startsWith('PRI') ? GREETING : '';
        const text = greeting + framesIn(written).map(takes(sent)).join('');
        return text === '' ? { kind: 'silence' } : { kind: 'answer', afterNs: 1e5, text: Buffer.from(text, 'latin1') };
      },
    );
    assert.deepEqual(total.outcomes, { ok: 3 });
    assert.deepEqual([...sent.values()], [size, size, size]);
  });

  test('survives whatever comes back: no crash, no hang, and every one is counted once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 4 }), async (noise) => {
        const total = await ten(
          (stream) => goodAnswer(stream) + Buffer.concat(noise.map((one) => Buffer.from(one))).toString('latin1'),
          {
            timeout: nanos(2e8),
          },
        );
        const ended = Object.values(total.outcomes).reduce((sum, one) => sum + one, 0);
        assert.equal(ended, 10);
      }),
      { numRuns: 100 },
    );
  });
});

/** Takes parts of bodies: moves both windows on by each, and answers the last. */
function takes(sent: Map<number, number>): (frame: WrittenFrame) => string {
  return ({ type, stream, payload, flags }) => {
    if (type !== DATA) return '';
    assert.ok(payload.length <= 16_384);
    sent.set(stream, (sent.get(stream) ?? 0) + payload.length);
    const more = windowFrame(0, payload.length) + windowFrame(stream, payload.length);
    return (flags & 1) === 1 ? more + goodAnswer(stream) : more;
  };
}
