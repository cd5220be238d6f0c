import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ThriftError, type ThriftFormat, ThriftMessageReader } from '../../../src/wire/index.ts';
import { FORMATS, named } from './support.ts';

const FRAMED: ThriftFormat = { transport: 'framed', protocol: 'binary' };
const UNFRAMED: ThriftFormat = { transport: 'unframed', protocol: 'binary' };
const COMPACT: ThriftFormat = { transport: 'unframed', protocol: 'compact' };
const HEADER: ThriftFormat = { transport: 'header', protocol: 'binary' };

const HTTP = Buffer.from('HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n');
/** A reply `m` with id 1 up to its struct. */
const HEAD = Buffer.from('80010002000000016d00000001', 'hex');
const COMPACT_HEAD = Buffer.from('8241'.concat('01', '01', '6d'), 'hex');

const frame = (content: Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeInt32BE(content.length);
  return Buffer.concat([length, content]);
};
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

const CASES: readonly [string, ThriftFormat, Buffer, RegExp][] = [
  ['a peer that speaks HTTP', FRAMED, HTTP, /^the peer speaks HTTP$/u],
  ['the same without frames', UNFRAMED, HTTP, /^the peer speaks HTTP$/u],
  ['the same in the compact protocol', COMPACT, HTTP, /^the peer speaks HTTP$/u],
  ['the same where a header should be', HEADER, HTTP, /^the peer speaks HTTP$/u],
  ['a frame that claims 2 GB', FRAMED, hex('7fffffff 80010002'), /a frame of 2147483647 bytes, above the limit/u],
  ['a frame of less than nothing', FRAMED, hex('ffffffff'), /a frame of -1 bytes/u],
  ['a text that claims 2 GB', UNFRAMED, Buffer.concat([HEAD, hex('0b 0000 7fffffff')]), /a text of 2147483647 bytes/u],
  ['a text of less than nothing', UNFRAMED, Buffer.concat([HEAD, hex('0b 0000 ffffffff')]), /a text of -1 bytes/u],
  [
    'a list that claims 2 billion',
    UNFRAMED,
    Buffer.concat([HEAD, hex('0f 0000 08 7fffffff')]),
    /a container of 2147483647/u,
  ],
  ['a name that claims 2 GB', UNFRAMED, hex('80010002 7fffffff'), /a name of 2147483647 bytes/u],
  [
    'the same text, compact',
    COMPACT,
    Buffer.concat([COMPACT_HEAD, hex('08 00 ffffffff07')]),
    /a text of 2147483647 bytes/u,
  ],
  [
    'a number without an end',
    COMPACT,
    hex('8241 ffffffffffffffffffffff'),
    /a variable-length number of more than ten bytes/u,
  ],
  ['a type that is none', UNFRAMED, Buffer.concat([HEAD, hex('63 0000')]), /unknown type 99/u],
  ['the same, compact', COMPACT, Buffer.concat([COMPACT_HEAD, hex('1e')]), /unknown type 14/u],
  [
    'a message that is cut off in its frame',
    FRAMED,
    frame(Buffer.concat([HEAD, hex('0b 0000 00000005 61')])),
    /the frame ends within its message/u,
  ],
  [
    'bytes behind a message in its frame',
    FRAMED,
    frame(Buffer.concat([HEAD, hex('00 00')])),
    /1 bytes behind the message/u,
  ],
  ['another version', UNFRAMED, hex('80020002 00000000'), /no binary message: it begins with 0x80020002/u],
  [
    'the compact protocol where the binary one is spoken',
    UNFRAMED,
    COMPACT_HEAD,
    /no binary message: it begins with 0x82410101/u,
  ],
  ['a frame without a header', HEADER, frame(Buffer.concat([HEAD, hex('00')])), /a frame without a header/u],
  [
    'a header that is longer than its frame',
    HEADER,
    hex('0000000c 0fff 0000 00000001 00ff 0000'),
    /longer than its frame/u,
  ],
  [
    'a header of another protocol',
    HEADER,
    hex('0000000e 0fff 0000 00000001 0001 02000000'),
    /names protocol 2, not binary/u,
  ],
  ['a header with a transform', HEADER, hex('0000000e 0fff 0000 00000001 0001 00010100'), /transforms/u],
];

function readAll(format: ThriftFormat, bytes: Buffer): void {
  new ThriftMessageReader(format).read(bytes, 0, bytes.length);
}

describe('is refused with its reason', () => {
  for (const [name, format, bytes, reason] of CASES) {
    test(name, () => {
      assert.throws(() => readAll(format, bytes), { message: reason });
    });
  }

  test('structs in structs without an end', () => {
    const nested = Buffer.concat([HEAD, ...Array.from({ length: 1000 }, () => hex('0c 0001'))]);
    assert.throws(() => readAll(UNFRAMED, nested), /more than 64 deep/u);
  });
});

test('nothing is allocated for a length that is only claimed', () => {
  const reader = new ThriftMessageReader(FRAMED);
  const claim = hex('01ffffff 8001');
  const before = process.memoryUsage().arrayBuffers;
  assert.equal(reader.read(claim, 0, claim.length), -1);
  assert.ok(process.memoryUsage().arrayBuffers - before < 1_000_000);
});

describe('whatever bytes come, a reader reads, waits or refuses:', () => {
  for (const format of FORMATS) {
    test(named(format), () => {
      const start = format.transport === 'unframed' ? Buffer.alloc(0) : hex('00000030');
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 80 }), fc.boolean(), (noise, plausible) => {
          const head = format.protocol === 'binary' ? HEAD : COMPACT_HEAD;
          const bytes = Buffer.concat([start, ...(plausible ? [head] : []), noise]);
          try {
            readAll(format, bytes);
          } catch (error) {
            assert.ok(error instanceof ThriftError, String(error));
          }
        }),
        { numRuns: 500 },
      );
    });
  }
});
