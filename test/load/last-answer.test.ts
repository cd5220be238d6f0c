import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { converse } from '../../src/load/protocols/index.ts';
import { MessageReader } from '../../src/wire/index.ts';
import { get } from './simulation.ts';

const ANSWERS = [
  'HTTP/1.1 200 OK\r\ndate: one\r\ncontent-length: 2\r\n\r\nok',
  'HTTP/1.1 200 OK\r\ndate: two\r\ncontent-length: 2\r\n\r\nok',
  'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nno',
  'HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n',
  'HTTP/1.1 200 OK\r\nx-app-version: v2\r\ncontent-length: 0\r\n\r\n',
  'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n',
  `HTTP/1.1 200 OK\r\ncontent-length: 3000\r\n\r\n${'x'.repeat(3000)}`,
] as const;

const REQUEST = get('a');

test('answers that repeat the last one are told as if each were read, however they are split', () => {
  const answers = fc.array(fc.constantFrom(...ANSWERS), { minLength: 1, maxLength: 30 });
  const cuts = fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 30 });
  fc.assert(
    fc.property(answers, cuts, (texts, sizes) => {
      const bytes = Buffer.from(texts.join(''), 'latin1');
      const { reader } = converse(REQUEST);
      const plain = new MessageReader('answer');
      const ends: number[] = [];
      for (const [from, to] of pieces(bytes.length, sizes)) {
        const piece = bytes.subarray(from, to);
        let at = 0;
        while (at < piece.length) {
          const next = reader.read(piece, at, piece.length);
          assert.equal(plain.read(piece, at, piece.length), next);
          if (next < 0) break;
          at = next;
          ends.push(from + at);
          const { status, keepAlive, version } = plain.head;
          assert.deepEqual([reader.detail, reader.keepAlive, reader.version], [String(status), keepAlive, version]);
        }
      }
      assert.equal(ends.length, texts.length);
      assert.equal(ends.at(-1), bytes.length);
    }),
    { numRuns: 300 },
  );
});

/** The places at which a stream is cut: the given sizes in turn, then the rest at once. */
function pieces(length: number, sizes: readonly number[]): readonly (readonly [number, number])[] {
  const found: [number, number][] = [];
  let from = 0;
  for (const size of [...sizes, length]) {
    if (from >= length) break;
    found.push([from, Math.min(length, from + size)]);
    from += size;
  }
  return found;
}
