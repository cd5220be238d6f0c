import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { LoadTotal, ThriftRequest } from '../../src/load/index.ts';
import { nanos } from '../../src/units/index.ts';
import {
  encodeBytesField,
  MESSAGE,
  PreparedMessage,
  type ThriftFormat,
  ThriftMessageReader,
} from '../../src/wire/index.ts';
import { FORMATS, named } from '../wire/thrift/support.ts';
import { plan, type Reaction, simulate } from './simulation.ts';

const FRAMED: ThriftFormat = { transport: 'framed', protocol: 'binary' };

function request(overrides: Partial<ThriftRequest> = {}): ThriftRequest {
  const format = overrides.format ?? FRAMED;
  return {
    protocol: 'thrift',
    authority: 'test',
    format,
    call: 'echo',
    method: 'echo',
    oneway: false,
    returns: true,
    exceptions: { 1: 'Refused' },
    body: encodeBytesField(format.protocol, 1, Buffer.alloc(100, 'x')).toString('base64'),
    headers: {},
    pipeline: 1,
    ...overrides,
  };
}

/** What a simulated server sends back for a call with a sequence id. */
type Answer = (id: number) => Buffer;

function reply(format: ThriftFormat, id: number, field: number, name = 'echo', kind: number = MESSAGE.reply): Buffer {
  const body = field < 0 ? Buffer.from([0]) : encodeBytesField(format.protocol, field, Buffer.from('why'));
  const message = new PreparedMessage({ ...format, kind, name, headers: {}, body });
  message.setSequenceId(id);
  return message.bytes;
}

const good =
  (format: ThriftFormat): Answer =>
  (id) =>
    reply(format, id, 0);

/** Ten calls, of which the fourth is answered so. */
function tenCalls(spec: ThriftRequest, fourth: (id: number) => Reaction): Promise<{ total: LoadTotal }> {
  const { format } = spec;
  return simulate(plan({ rate: 10, duration: nanos(1e9), timeout: nanos(150e6), request: spec }), (k, _now, bytes) => {
    const id = idOf(format, bytes);
    return k === 3 ? fourth(id) : { kind: 'answer', afterNs: 1e6, text: good(format)(id) };
  });
}

function idOf(format: ThriftFormat, bytes: string | Buffer): number {
  assert.ok(Buffer.isBuffer(bytes));
  const reader = new ThriftMessageReader(format);
  assert.equal(reader.read(bytes, 0, bytes.length), bytes.length);
  return reader.head.sequenceId;
}

const answers = (text: Buffer): Reaction => ({ kind: 'answer', afterNs: 1e6, text });

describe('how a call ends, and the run goes on', () => {
  const cases: readonly [string, (id: number) => Reaction, string, RegExp][] = [
    ['a declared exception', (id) => answers(reply(FRAMED, id, 1)), 'exception', /^Refused$/u],
    ['one that is not declared', (id) => answers(reply(FRAMED, id, 7)), 'exception', /^exception 7$/u],
    [
      'a TApplicationException',
      (id) => answers(reply(FRAMED, id, 1, 'echo', MESSAGE.exception)),
      'applicationException',
      /^TApplicationException: why$/u,
    ],
    ['a reply without its result', (id) => answers(reply(FRAMED, id, -1)), 'applicationException', /holds no result/u],
    [
      'a wrong sequence id',
      (id) => answers(reply(FRAMED, id + 1, 0)),
      'protocol',
      /sequence id \d+, which no call waits for/u,
    ],
    [
      'the sequence id of an earlier call',
      (id) => answers(reply(FRAMED, id - 1, 0)),
      'protocol',
      /which no call waits for/u,
    ],
    [
      'another method',
      (id) => answers(reply(FRAMED, id, 0, 'ohce')),
      'protocol',
      /^a reply to "ohce", where "echo" was called$/u,
    ],
    ['a call in place of a reply', (id) => answers(reply(FRAMED, id, 0, 'echo', MESSAGE.call)), 'protocol', /kind 1/u],
    [
      'a frame that is cut off within its message',
      (id) => {
        const cut = Buffer.from(reply(FRAMED, id, 0).subarray(0, -2));
        cut.writeInt32BE(cut.length - 4);
        return answers(cut);
      },
      'protocol',
      /^the frame ends within its message$/u,
    ],
    [
      'a frame whose rest never comes',
      (id) => answers(reply(FRAMED, id, 0).subarray(0, -2)),
      'timeout',
      /no answer in time/u,
    ],
    [
      'a frame that claims 2 GB',
      () => answers(Buffer.from('7fffffff80010002', 'hex')),
      'protocol',
      /2147483647 bytes/u,
    ],
    [
      'a peer that speaks HTTP',
      () => answers(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')),
      'protocol',
      /speaks HTTP/u,
    ],
    ['silence', () => ({ kind: 'silence' }), 'timeout', /no answer in time/u],
    ['a close', () => ({ kind: 'close', afterNs: 1e6, reason: 'end' }), 'connection', /closed before the answer/u],
    ['a reset', () => ({ kind: 'close', afterNs: 1e6, reason: 'ECONNRESET' }), 'connection', /ECONNRESET/u],
  ];
  for (const [name, fourth, outcome, detail] of cases) {
    test(name, async () => {
      const { total } = await tenCalls(request(), fourth);
      assert.deepEqual(total.outcomes, { ok: 9, [outcome]: 1 });
      assert.match(total.failed[0]?.detail ?? '', detail);
    });
  }

  test('a close within a reply', async () => {
    let first = 0;
    const { total } = await simulate(
      plan({ rate: 10, duration: nanos(1e9), request: request() }),
      (_k, _now, bytes) => {
        first += 1;
        const whole = reply(FRAMED, idOf(FRAMED, bytes), 0);
        if (first > 1) return answers(whole);
        return { kind: 'answer', afterNs: 1e6, text: whole.subarray(0, 9), ends: true };
      },
    );
    assert.deepEqual(total.outcomes, { ok: 9, protocol: 1 });
    assert.match(total.failed[0]?.detail ?? '', /^closed within a reply$/u);
  });
});

test('a multiplexed server may leave the service out of its replies, and answer a void method with nothing', async () => {
  const spec = request({ call: 'Echo:fail', method: 'fail', returns: false });
  const { total } = await simulate(plan({ rate: 10, duration: nanos(1e9), request: spec }), (k, _now, bytes) =>
    answers(reply(FRAMED, idOf(FRAMED, bytes), -1, k % 2 === 0 ? 'fail' : 'Echo:fail')),
  );
  assert.deepEqual(total.outcomes, { ok: 10 });
});

describe('replies in any order, on a connection with four calls under way:', () => {
  for (const format of FORMATS) {
    test(named(format), async () => {
      const spec = request({ format, pipeline: 4 });
      const { total } = await simulate(
        plan({ rate: 1000, connections: 2, duration: nanos(1e9), request: spec }),
        (k, _now, bytes) => ({
          kind: 'answer',
          afterNs: ((k * 7) % 5) * 1.4e6,
          text: reply(format, idOf(format, bytes), 0),
        }),
      );
      assert.deepEqual(total.outcomes, { ok: 1000 });
      assert.equal(total.connections.opened, 2);
    });
  }
});

test('a oneway ends when it is written, and nothing answers it', async () => {
  const spec = request({ call: 'notify', method: 'notify', oneway: true, returns: false });
  let sent = 0;
  const { total } = await simulate(plan({ rate: 100, duration: nanos(1e9), request: spec }), (_k, _now, bytes) => {
    assert.ok(Buffer.isBuffer(bytes));
    const reader = new ThriftMessageReader(FRAMED);
    reader.read(bytes, 0, bytes.length);
    if (reader.head.kind === MESSAGE.oneway) sent += 1;
    return { kind: 'silence' };
  });
  assert.equal(sent, 100);
  assert.deepEqual(total.outcomes, { ok: 100 });
});

test('what is overall counts the warm-up too', async () => {
  const spec = plan({ rate: 10, warmup: nanos(1e9), duration: nanos(1e9), request: request() });
  const { total } = await simulate(spec, (_k, _now, bytes) => answers(reply(FRAMED, idOf(FRAMED, bytes), 0)));
  assert.deepEqual(total.outcomes, { ok: 10 });
  assert.deepEqual(total.overall, { sent: 20, ok: 20 });
});
