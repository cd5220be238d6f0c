import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { FramingError, MAX_HEAD_BYTES, MessageReader } from '../../src/wire/index.ts';

interface Case {
  readonly name: string;
  readonly text: string;
  readonly status: number;
  readonly keepAlive?: boolean;
  readonly version?: string;
  readonly bodyless?: boolean;
  /** The message ends only with the connection. */
  readonly untilClose?: boolean;
}

const answers: readonly Case[] = [
  { name: 'content-length', text: 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello', status: 200 },
  { name: 'empty body', text: 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n', status: 200 },
  { name: 'no reason phrase', text: 'HTTP/1.1 404\r\ncontent-length: 0\r\n\r\n', status: 404 },
  { name: '204 has no body', text: 'HTTP/1.1 204 No Content\r\n\r\n', status: 204 },
  { name: '304 has no body despite its length', text: 'HTTP/1.1 304 X\r\ncontent-length: 9\r\n\r\n', status: 304 },
  {
    name: 'answer to HEAD has no body despite its length',
    text: 'HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n',
    status: 200,
    bodyless: true,
  },
  {
    name: 'chunked with an extension and a trailer',
    text: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4;a=b\r\nwiki\r\nA\r\n0123456789\r\n0\r\nx-sum: 1\r\n\r\n',
    status: 200,
  },
  {
    name: 'body that holds an empty line',
    text: 'HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\n\r\n\r\n\r\n\r\n',
    status: 200,
  },
  {
    name: 'interim answers are passed over',
    text: 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n!',
    status: 200,
  },
  {
    name: 'connection: close',
    text: 'HTTP/1.1 200 OK\r\nConnection: close\r\ncontent-length: 2\r\n\r\nok',
    status: 200,
    keepAlive: false,
  },
  { name: 'HTTP/1.0', text: 'HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok', status: 200, keepAlive: false },
  {
    name: 'HTTP/1.0 with keep-alive',
    text: 'HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 2\r\n\r\nok',
    status: 200,
  },
  {
    name: 'version tag',
    text: 'HTTP/1.1 200 OK\r\nX-App-Version: v2\r\ncontent-length: 0\r\n\r\n',
    status: 200,
    version: 'v2',
  },
  { name: 'lines that line feeds alone end', text: 'HTTP/1.1 200 OK\ncontent-length: 2\n\nok', status: 200 },
  {
    name: 'the same length twice',
    text: 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length:\t2 \r\n\r\nok',
    status: 200,
  },
  {
    name: 'one of several connection options',
    text: 'HTTP/1.1 200 OK\r\nConnection: upgrade , CLOSE\r\ncontent-length: 0\r\n\r\n',
    status: 200,
    keepAlive: false,
  },
  {
    name: 'close, and keep-alive behind it',
    text: 'HTTP/1.1 200 OK\r\nconnection: close\r\nconnection: keep-alive\r\ncontent-length: 0\r\n\r\n',
    status: 200,
    keepAlive: false,
  },
  {
    name: 'an option that only resembles close',
    text: 'HTTP/1.1 200 OK\r\nconnection: close-notify\r\ncontent-length: 0\r\n\r\n',
    status: 200,
  },
  {
    name: 'chunks with blanks behind their size and a quoted extension',
    text: `HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n5  \r\nhello\r\n1 ;a="b;c"\r\n!\r\n00\r\n\r\n`,
    status: 200,
  },
  {
    name: 'close-delimited',
    text: 'HTTP/1.1 200 OK\r\ncontent-type: x\r\n\r\nuntil the end',
    status: 200,
    keepAlive: false,
    untilClose: true,
  },
];

const CHUNKED = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n';

/** Feeds the text in the given pieces; returns how many bytes were consumed, or −1 while unfinished. */
function feed(reader: MessageReader, pieces: readonly string[]): number {
  let consumed = 0;
  for (const piece of pieces) {
    const bytes = Buffer.from(piece, 'latin1');
    const end = reader.read(bytes, 0, bytes.length);
    if (end >= 0) return consumed + end;
    consumed += bytes.length;
  }
  return -1;
}

function cut(text: string, at: readonly number[]): string[] {
  const marks = [0, ...new Set(at.map((mark) => mark % text.length))].sort((a, b) => a - b);
  return marks.map((mark, index) => text.slice(mark, marks[index + 1])).filter((piece) => piece !== '');
}

describe('an answer', () => {
  for (const { name, text, status, keepAlive = true, version = '', bodyless = false, untilClose = false } of answers) {
    test(`${name}: ends where it should, however it is split`, () => {
      fc.assert(
        fc.property(fc.array(fc.nat(), { maxLength: 8 }), (marks) => {
          const reader = new MessageReader('answer');
          reader.bodyless = bodyless;
          const end = feed(reader, cut(text, marks));
          assert.equal(end, untilClose ? -1 : text.length);
          assert.equal(reader.close(), untilClose);
          assert.deepEqual(
            { ...reader.head, startLine: '' },
            { status, keepAlive, version, startLine: '', tracing: '' },
          );
        }),
      );
    });
  }

  test('several in one segment are read one after the other', () => {
    const text = answers.filter(({ untilClose, bodyless }) => !untilClose && !bodyless).map((answer) => answer.text);
    const bytes = Buffer.from(text.join(''), 'latin1');
    const reader = new MessageReader('answer');
    let offset = 0;
    let count = 0;
    while (offset < bytes.length) {
      offset = reader.read(bytes, offset, bytes.length);
      assert.notEqual(offset, -1);
      count += 1;
    }
    assert.equal(count, text.length);
    assert.equal(reader.idle, true);
  });

  test('bytes behind the segment, left there by an earlier one, are not read', () => {
    const buffer = Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhelloHTTP/1.1 500 stale\r\n\r\n', 'latin1');
    const reader = new MessageReader('answer');
    assert.equal(reader.read(buffer, 0, 20), -1);
    assert.equal(reader.read(buffer, 20, 43), 43);
    assert.equal(reader.head.status, 200);
  });

  const malformed: readonly (readonly [string, string, RegExp])[] = [
    ['no HTTP', 'SSH-2.0-OpenSSH_9.2\r\n\r\n', /not a status line/u],
    ['a bad status', 'HTTP/1.1 2x0 OK\r\n\r\n', /not a status line/u],
    ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n', /two content-lengths/u],
    ['a negative length', 'HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n', /bad content-length/u],
    ['length and chunked', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n', /both/u],
    [
      'a coding it does not know',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\n\r\n',
      /not chunked alone: "transfer-encoding: gzip"/u,
    ],
    ['a bad chunk size', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n', /bad chunk size/u],
    ['a chunk longer than its size', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nabc\r\n', /longer/u],
    ['an endless head', `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(MAX_HEAD_BYTES)}`, /lines of more than/u],
    ['endless trailers', `${CHUNKED}0\r\nx: ${'y'.repeat(MAX_HEAD_BYTES)}`, /lines of more than/u],
    ['a header without a colon', 'HTTP/1.1 200 OK\r\nserver\r\n\r\n', /not a header: "server"/u],
    ['a header without a name', 'HTTP/1.1 200 OK\r\n: x\r\n\r\n', /not a header/u],
    ['a blank before a colon', 'HTTP/1.1 200 OK\r\ncontent-length : 1\r\n\r\n', /not a header/u],
    ['a folded header', 'HTTP/1.1 200 OK\r\nx: a\r\n b\r\n\r\n', /a folded header/u],
    ['a carriage return in a header', 'HTTP/1.1 200 OK\r\nx: a\rb\r\n\r\n', /control character/u],
    ['a NUL in a header', 'HTTP/1.1 200 OK\r\nx: a\0b\r\n\r\n', /control character/u],
    ['a length of words', 'HTTP/1.1 200 OK\r\ncontent-length: 5, 5\r\n\r\n', /bad content-length/u],
    ['an empty length', 'HTTP/1.1 200 OK\r\ncontent-length:\r\n\r\n', /bad content-length/u],
    ['a length too large', 'HTTP/1.1 200 OK\r\ncontent-length: 9999999999999999\r\n\r\n', /bad content-length/u],
    [
      'chunked twice',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n',
      /not chunked/u,
    ],
    ['chunked in HTTP/1.0', 'HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n', /chunked in HTTP\/1\.0/u],
    ['no chunk size', `${CHUNKED}\r\n`, /bad chunk size/u],
    ['a chunk size with a sign', `${CHUNKED}-1\r\n`, /bad chunk size/u],
    ['a chunk size with 0x', `${CHUNKED}0x5\r\n`, /bad chunk size/u],
    ['a chunk size too large', `${CHUNKED}fffffffffffffff\r\n`, /bad chunk size/u],
    ['a chunk size that a line feed alone ends', `${CHUNKED}5\n`, /bad chunk size/u],
    ['a chunk that a line feed alone ends', `${CHUNKED}1\r\na\n`, /a chunk longer/u],
    ['a trailer that is none', `${CHUNKED}0\r\ntrailer\r\n\r\n`, /not a header/u],
    ['an empty first line', '\r\nHTTP/1.1 200 OK\r\n\r\n', /not a status line/u],
    ['HTTP/2 as text', 'HTTP/2 200\r\n\r\n', /not a status line/u],
    ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n', /not a status line/u],
    ['a status of four digits', 'HTTP/1.1 2000 OK\r\n\r\n', /not a status line/u],
    ['a switch of protocols', 'HTTP/1.1 101 Switching Protocols\r\n\r\n', /switched/u],
  ];
  for (const [name, text, reason] of malformed) {
    test(`with ${name} is refused with the reason`, () => {
      assert.throws(() => feed(new MessageReader('answer'), [text]), reason);
    });
  }

  test('the line at fault is kept, however it came, and no more of it than is useful', () => {
    const reader = new MessageReader('answer');
    const text = `HTTP/1.1 200 OK\r\n${'?'.repeat(1000)}: x\r\n`.replaceAll('?', '\u00e9');
    assert.throws(
      () => feed(reader, [...text]),
      (error) => error instanceof FramingError && error.bytes.equals(Buffer.alloc(256, 0xe9)),
    );
  });

  test('random bytes end in a message, in a wait for more, or in a FramingError, never in anything else', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'binary', maxLength: 40 }), { maxLength: 10 }),
        fc.nat(12),
        (pieces, keep) => {
          const valid = answers[keep % answers.length]?.text ?? '';
          const reader = new MessageReader('answer');
          try {
            feed(reader, [valid.slice(0, keep * 5), ...pieces]);
          } catch (error) {
            assert.equal((error as Error).name, 'FramingError');
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('a request', () => {
  test('is read with its method and body', () => {
    const reader = new MessageReader('request');
    const text = 'POST /a HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n\r\nabc';
    assert.equal(feed(reader, [text]), text.length);
    assert.equal(reader.head.startLine, 'POST /a HTTP/1.1');
  });

  test('without a length has no body', () => {
    const text = 'GET / HTTP/1.1\r\nhost: x\r\n\r\n';
    assert.equal(feed(new MessageReader('request'), [text]), text.length);
  });

  test('keeps the lines that lead its trace on where it is told to, however it is split', () => {
    const kept = [
      'X-Request-Id: 7f\r\n',
      'traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n',
      'tracestate: a=1\r\n',
      'b3: 0\r\n',
      'x-b3-parentspanid: 5\r\n',
    ];
    const others = ['host: x\r\n', 'x-app-version: v1\r\n', 'b: 3\r\n', 'x-b3-parentspanids: 5\r\n', 'te: b3: 1\r\n'];
    const lines = kept.flatMap((line, index) => [others[index] ?? '', line]).join('');
    const text = `GET / HTTP/1.1\r\n${lines}content-length: 10\r\n\r\nb3: nohead`;
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 8 }), (marks) => {
        const reader = new MessageReader('request');
        reader.keepsTracing = true;
        assert.equal(feed(reader, cut(text, marks)), text.length);
        assert.equal(reader.head.tracing, kept.join(''));
        assert.equal(feed(reader, ['GET / HTTP/1.1\r\nhost: x\r\n\r\n']), 27);
        assert.equal(reader.head.tracing, '', 'and forgets them with the next');
      }),
    );
    const reader = new MessageReader('request');
    feed(reader, [text]);
    assert.equal(reader.head.tracing, '');
  });

  test('with a malformed first line is refused', () => {
    assert.throws(() => feed(new MessageReader('request'), ['GET\r\n\r\n']), /not a request line/u);
  });
});
