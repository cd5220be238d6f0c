import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { GrpcRequest, LoadTotal } from '../../src/load/index.ts';
import { nanos } from '../../src/units/index.ts';
import { grpcMessage } from '../../src/wire/index.ts';
import { dataFrame, framesIn, GREETING, headFrame, opened } from '../support/http2.ts';
import { plan, simulate } from './simulation.ts';

const CALL: GrpcRequest = {
  protocol: 'grpc',
  authority: 'test',
  path: '/meshbench.Echo/Echo',
  message: Buffer.from('hello').toString('base64'),
  headers: { 'x-run': 'r1' },
  streams: 10,
};

const HEAD = { ':status': '200', 'content-type': 'application/grpc' };
const head = (stream: number): string => headFrame(stream, HEAD, false);
const trailers = (stream: number, fields: Readonly<Record<string, string>>): string => headFrame(stream, fields, true);
const good = (stream: number): string =>
  head(stream) + dataFrame(stream, grpcMessage('hello'), false) + trailers(stream, { 'grpc-status': '0' });

/** Five calls, of which the third is answered so. */
async function five(third: (stream: number) => string): Promise<LoadTotal> {
  const { total } = await simulate(plan({ rate: 100, duration: nanos(5e7), request: CALL }), (_k, _now, written) => {
    const greeting = written.toString().startsWith('PRI') ? GREETING : '';
    const text =
      greeting +
      opened(written)
        .map((stream) => (stream === 5 ? third(stream) : good(stream)))
        .join('');
    return text === '' ? { kind: 'silence' } : { kind: 'answer', afterNs: 1e6, text: Buffer.from(text, 'latin1') };
  });
  return total;
}

describe('the answer to a unary call', () => {
  test('is ok with one message and status 0, in whatever parts it comes', async () => {
    const parts = [...grpcMessage('hello')];
    const answers = [
      good,
      (stream: number) =>
        head(stream) +
        parts.map((part) => dataFrame(stream, part, false)).join('') +
        trailers(stream, { 'grpc-status': '0' }),
      (stream: number) =>
        head(stream) + dataFrame(stream, grpcMessage(''), false) + trailers(stream, { 'grpc-status': '0' }),
      (stream: number) =>
        headFrame(stream, { ...HEAD, 'content-type': 'application/grpc+proto' }, false) +
        dataFrame(stream, grpcMessage('x'.repeat(300)), false) +
        trailers(stream, { 'grpc-status': '0', 'x-more': '1' }),
    ];
    for (const answer of answers) assert.deepEqual((await five(answer)).outcomes, { ok: 5 });
  });

  const failures: readonly [string, (stream: number) => string, string, RegExp][] = [
    [
      'another status in its trailers',
      (stream) => head(stream) + trailers(stream, { 'grpc-status': '5', 'grpc-message': 'none%20of%20it' }),
      'status',
      /^5 NOT_FOUND: none of it$/u,
    ],
    [
      'trailers alone',
      (stream) => headFrame(stream, { ...HEAD, 'grpc-status': '14', 'grpc-message': 'upstream connect error' }, true),
      'status',
      /^14 UNAVAILABLE: upstream connect error$/u,
    ],
    [
      'a status that is no number',
      (stream) => head(stream) + trailers(stream, { 'grpc-status': 'ok' }),
      'protocol',
      /without a grpc-status/u,
    ],
    [
      'no status',
      (stream) => head(stream) + dataFrame(stream, grpcMessage('hello'), true),
      'protocol',
      /without a grpc-status/u,
    ],
    [
      'status 0 and no message',
      (stream) => head(stream) + trailers(stream, { 'grpc-status': '0' }),
      'protocol',
      /no message/u,
    ],
    [
      'two messages',
      (stream) =>
        head(stream) +
        dataFrame(stream, grpcMessage('a') + grpcMessage('b'), false) +
        trailers(stream, { 'grpc-status': '0' }),
      'protocol',
      /2 messages/u,
    ],
    [
      'a message that is cut off',
      (stream) =>
        head(stream) +
        dataFrame(stream, grpcMessage('hello').slice(0, -1), false) +
        trailers(stream, { 'grpc-status': '0' }),
      'protocol',
      /cut off/u,
    ],
    [
      'a compressed message',
      (stream) =>
        head(stream) +
        dataFrame(stream, `\u0001${grpcMessage('hello').slice(1)}`, false) +
        trailers(stream, { 'grpc-status': '0' }),
      'protocol',
      /compressed/u,
    ],
    [
      'a page',
      (stream) => headFrame(stream, { ':status': '200', 'content-type': 'text/html' }, false),
      'protocol',
      /which is not gRPC/u,
    ],
    ['a status of HTTP', (stream) => headFrame(stream, { ':status': '503' }, true), 'status', /^HTTP 503$/u],
  ];
  for (const [name, answer, outcome, detail] of failures) {
    test(`is ${outcome} with ${name}`, async () => {
      const total = await five(answer);
      assert.deepEqual(total.outcomes, { ok: 4, [outcome]: 1 });
      assert.match(total.failed[0]?.detail ?? '', detail);
      assert.equal(total.connections.opened, 1);
    });
  }
});

test('a call is sent as one message with its metadata', async () => {
  const written: string[] = [];
  await simulate(plan({ rate: 100, duration: nanos(1e7), request: CALL }), (_k, _now, text) => {
    written.push(text.toString('latin1'));
    const streams = opened(text);
    const greeting = text.toString().startsWith('PRI') ? GREETING : '';
    const answer = greeting + streams.map(good).join('');
    return answer === '' ? { kind: 'silence' } : { kind: 'answer', afterNs: 1, text: Buffer.from(answer, 'latin1') };
  });
  const frames = written.flatMap(framesIn).filter(({ stream }) => stream === 1);
  assert.match(
    frames[0]?.payload ?? '',
    /\/meshbench\.Echo\/Echo[\s\S]*te[\s\S]*trailers[\s\S]*application\/grpc[\s\S]*x-run[\s\S]*r1/u,
  );
  assert.equal(frames[1]?.payload, '\0\0\0\0\u0005hello');
  assert.equal(frames[1]?.flags, 1);
});
