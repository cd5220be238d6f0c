import fc from 'fast-check';
import {
  TBinaryProtocol,
  TBufferedTransport,
  TCompactProtocol,
  TFramedTransport,
  THeaderProtocol,
  Thrift,
  type TProtocol,
  type TTransport,
} from 'thrift';
import type { ThriftFormat } from '../../../src/wire/index.ts';

export const FORMATS: readonly ThriftFormat[] = (['framed', 'unframed', 'header'] as const).flatMap((transport) =>
  (['binary', 'compact'] as const).map((protocol) => ({ transport, protocol })),
);

export function named({ transport, protocol }: ThriftFormat): string {
  return `${transport} ${protocol}`;
}

/** A message as Apache's library writes it. */
export function written(
  { transport, protocol }: ThriftFormat,
  headers: Readonly<Record<string, string>>,
  write: (output: TProtocol) => void,
): Buffer {
  let bytes: Buffer = Buffer.alloc(0);
  const flushed = (message?: Buffer): void => {
    if (message !== undefined) bytes = message;
  };
  const trans: TTransport =
    transport === 'framed' ? new TFramedTransport(undefined, flushed) : new TBufferedTransport(undefined, flushed);
  if (transport === 'header') {
    trans.setProtocolId(protocol === 'binary' ? 0 : 2);
    for (const [key, value] of Object.entries(headers)) trans.setWriteHeader(key, value);
  }
  const output = protocolOver(trans, { transport, protocol });
  write(output);
  // Not `output.flush()`: the binary and compact protocols flush the transport, the header protocol writes its header first.
  if (transport === 'header') trans.writeHeaders();
  trans.flush();
  return bytes;
}

/** Apache's protocol over one whole message. */
export function reading(
  format: ThriftFormat,
  message: Buffer,
): { readonly input: TProtocol; readonly trans: TTransport } {
  if (format.transport === 'framed') {
    const trans = new TFramedTransport(message.subarray(4));
    return { trans, input: protocolOver(trans, format) };
  }
  let trans: TTransport = new TBufferedTransport();
  TBufferedTransport.receiver((made) => {
    trans = made;
  }, 0)(message);
  return { trans, input: protocolOver(trans, format) };
}

function protocolOver(trans: TTransport, { transport, protocol }: ThriftFormat): TProtocol {
  if (transport === 'header') return new THeaderProtocol(trans);
  return protocol === 'binary' ? new TBinaryProtocol(trans) : new TCompactProtocol(trans);
}

/** A value of any type, as something that writes itself. */
export interface Value {
  readonly type: Thrift.Type;
  readonly write: (output: TProtocol) => void;
}

const { Type } = Thrift;

const scalar: fc.Arbitrary<Value> = fc.oneof(
  fc.boolean().map((value): Value => ({ type: Type.BOOL, write: (output) => output.writeBool(value) })),
  fc
    .integer({ min: -128, max: 127 })
    .map((value): Value => ({ type: Type.BYTE, write: (output) => output.writeByte(value) })),
  fc
    .integer({ min: -32_768, max: 32_767 })
    .map((value): Value => ({ type: Type.I16, write: (output) => output.writeI16(value) })),
  fc.integer().map((value): Value => ({ type: Type.I32, write: (output) => output.writeI32(value) })),
  fc.maxSafeInteger().map((value): Value => ({ type: Type.I64, write: (output) => output.writeI64(value) })),
  fc
    .double({ noNaN: true })
    .map((value): Value => ({ type: Type.DOUBLE, write: (output) => output.writeDouble(value) })),
  fc
    .string({ maxLength: 300 })
    .map((value): Value => ({ type: Type.STRING, write: (output) => output.writeString(value) })),
);

/** A value in which others lie at most so deep. */
const anyValue: fc.Memo<Value> = fc.memo((depth = 3) => {
  if (depth <= 1) return scalar;
  const inner = anyValue(depth - 1);
  return fc.oneof(
    scalar,
    structOf(inner),
    fc.tuple(inner, fc.nat(20), fc.boolean()).map(([element, count, set]) => listOf(element, count, set)),
    fc.tuple(inner, inner, fc.nat(5)).map(([key, value, count]) => mapOf(key, value, count)),
  );
});

function structOf(value: fc.Arbitrary<Value>): fc.Arbitrary<Value> {
  return fc
    .uniqueArray(fc.tuple(fc.integer({ min: 0, max: 40 }), value), { maxLength: 5, selector: ([id]) => id })
    .map((fields): Value => ({ type: Type.STRUCT, write: (output) => writeStruct(output, fields) }));
}

/** Structs of anything in anything. */
export const anyStruct: fc.Arbitrary<Value> = structOf(anyValue(3));

export function writeStruct(output: TProtocol, fields: readonly (readonly [number, Value])[]): void {
  output.writeStructBegin('');
  for (const [id, value] of fields) {
    output.writeFieldBegin('', value.type, id);
    value.write(output);
    output.writeFieldEnd();
  }
  output.writeFieldStop();
  output.writeStructEnd();
}

function listOf(element: Value, count: number, set: boolean): Value {
  return {
    type: set ? Type.SET : Type.LIST,
    write: (output) => {
      if (set) output.writeSetBegin(element.type, count);
      else output.writeListBegin(element.type, count);
      for (let index = 0; index < count; index += 1) element.write(output);
    },
  };
}

function mapOf(key: Value, value: Value, count: number): Value {
  return {
    type: Type.MAP,
    write: (output) => {
      output.writeMapBegin(key.type, value.type, count);
      for (let index = 0; index < count; index += 1) {
        key.write(output);
        value.write(output);
      }
    },
  };
}
