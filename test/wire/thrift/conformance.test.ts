import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Thrift } from 'thrift';
import {
  encodeBytesField,
  FIRST_SEQUENCE_ID,
  MESSAGE,
  PreparedMessage,
  SEQUENCE_IDS,
  ThriftMessageReader,
} from '../../../src/wire/index.ts';
import { anyStruct, FORMATS, named, reading, type Value, written } from './support.ts';

const word = fc.stringMatching(/^[a-zA-Z][\w:.-]{0,30}$/u);
const sequenceId = fc.integer({ min: FIRST_SEQUENCE_ID, max: FIRST_SEQUENCE_ID + SEQUENCE_IDS - 1 });

interface Written {
  readonly name: string;
  readonly id: number;
  readonly kind: number;
  readonly struct: Value;
}

const message: fc.Arbitrary<Written> = fc.record({
  name: word,
  id: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
  kind: fc.constantFrom(MESSAGE.call, MESSAGE.reply, MESSAGE.exception, MESSAGE.oneway),
  struct: anyStruct,
});

for (const format of FORMATS) {
  describe(`${named(format)}, held against Apache's library`, () => {
    test('reads what we write', () => {
      fc.assert(
        fc.property(
          word,
          sequenceId,
          fc.uint8Array({ maxLength: 2000 }),
          fc.dictionary(word, word, { maxKeys: 3 }),
          (name, id, payload, headers) => {
            const body = encodeBytesField(format.protocol, 1, Buffer.from(payload));
            const prepared = new PreparedMessage({ ...format, kind: MESSAGE.call, name, headers, body });
            prepared.setSequenceId(1);
            prepared.setSequenceId(id);
            const { input, trans } = reading(format, prepared.bytes);
            const begun = input.readMessageBegin();
            assert.deepEqual([begun.fname, begun.mtype, begun.rseqid], [name, Thrift.MessageType.CALL, id]);
            input.readStructBegin();
            const field = input.readFieldBegin();
            assert.deepEqual([field.ftype, field.fid], [Thrift.Type.STRING, 1]);
            assert.deepEqual(input.readBinary(), Buffer.from(payload));
            assert.equal(input.readFieldBegin().ftype, Thrift.Type.STOP);
            if (format.transport === 'header') assert.deepEqual(trans.getReadHeaders(), { ...headers });
          },
        ),
      );
    });

    test('writes what we read: anything in anything, cut anywhere, one after the other', () => {
      fc.assert(
        fc.property(
          fc.array(message, { minLength: 1, maxLength: 4 }),
          fc.array(fc.nat(200), { maxLength: 20 }),
          (messages, cuts) => {
            const whole = messages.map(({ name, id, kind, struct }) =>
              written(format, { key: 'value' }, (output) => {
                output.writeMessageBegin(name, kind, id);
                struct.write(output);
                output.writeMessageEnd();
              }),
            );
            const read = readCut(new ThriftMessageReader(format), Buffer.concat(whole), cuts);
            assert.deepEqual(
              read,
              messages.map(({ name, id, kind }, index) => ({ name, id, kind, bytes: whole[index] })),
            );
          },
        ),
        { numRuns: 60 },
      );
    });

    test('and byte by byte', () => {
      fc.assert(
        fc.property(message, ({ name, id, kind, struct }) => {
          const bytes = written(format, {}, (output) => {
            output.writeMessageBegin(name, kind, id);
            struct.write(output);
            output.writeMessageEnd();
          });
          const cuts = Array.from(bytes, () => 1);
          assert.deepEqual(readCut(new ThriftMessageReader(format), bytes, cuts), [{ name, id, kind, bytes }]);
        }),
        { numRuns: 20 },
      );
    });
  });
}

/** Feeds a stream in pieces of these lengths, then the rest; each in a buffer that is overwritten afterwards, as the socket's is. */
function readCut(reader: ThriftMessageReader, stream: Buffer, cuts: readonly number[]): unknown[] {
  const read: unknown[] = [];
  let from = 0;
  for (const length of [...cuts, stream.length]) {
    const piece = Buffer.from(stream.subarray(from, from + length));
    from += piece.length;
    let offset = 0;
    while (offset < piece.length) {
      offset = reader.read(piece, offset, piece.length);
      if (offset < 0) break;
      const { head, bytes } = reader;
      read.push({
        name: bytes.toString('utf8', head.nameFrom, head.nameTo),
        id: head.sequenceId,
        kind: head.kind,
        bytes: Buffer.from(bytes.subarray(reader.from, reader.to)),
      });
    }
    piece.fill(0xff);
  }
  assert.ok(reader.idle);
  return read;
}

test('sequence ids of the compact protocol take the same bytes as the library gives them, first and last', () => {
  for (const id of [FIRST_SEQUENCE_ID, FIRST_SEQUENCE_ID + SEQUENCE_IDS - 1]) {
    const format = { transport: 'unframed', protocol: 'compact' } as const;
    const prepared = new PreparedMessage({
      ...format,
      kind: MESSAGE.call,
      name: 'm',
      headers: {},
      body: Buffer.from([0]),
    });
    prepared.setSequenceId(id);
    const theirs = written(format, {}, (output) => {
      output.writeMessageBegin('m', Thrift.MessageType.CALL, id);
      output.writeFieldStop();
    });
    assert.deepEqual(prepared.bytes, theirs);
  }
});

test('bytes as the only field of a struct are as the library writes them', () => {
  for (const protocol of ['binary', 'compact'] as const) {
    for (const id of [0, 1, 15]) {
      const value = Buffer.alloc(300, 'x');
      const theirs = written({ transport: 'unframed', protocol }, {}, (output) => {
        output.writeStructBegin('');
        output.writeFieldBegin('', Thrift.Type.STRING, id);
        output.writeBinary(value);
        output.writeFieldEnd();
        output.writeFieldStop();
        output.writeStructEnd();
      });
      assert.deepEqual(encodeBytesField(protocol, id, value), theirs);
    }
  }
});
