import { Int64, TBinaryProtocol, TBufferedTransport, TCompactProtocol, Thrift, type TProtocol } from 'thrift';
import { BenchError } from '../units/index.ts';
import type { ThriftProtocol } from '../wire/index.ts';
import { definitionOf, type FoundMethod } from './find.ts';
import type { Definition, Field, Idl, ThriftType } from './model.ts';

/** Writes a value that was found right. */
type Write = (output: TProtocol) => void;

/** A value that was held against its type: how it is written, or nothing where a complaint was made. */
interface Held {
  readonly type: Thrift.Type;
  readonly write: Write;
}

const { Type } = Thrift;

/** As RFC 9562 writes them, of versions 1 to 8, and those of zeros and of ones alone: as the library takes them. */
const UUID =
  /^(?:[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}|0{8}(?:-0{4}){3}-0{12}|f{8}(?:-f{4}){3}-f{12})$/iu;

const RANGES = { byte: 8, i16: 16, i32: 32, i64: 64 } as const;

/**
 * Arguments from JSON as the method's struct of them, encoded by Apache's library. Binary values are text, or
 * `{"base64": "…"}`; whole numbers beyond 2^53 are text; enums are names or numbers; maps with keys that are no text are
 * lists of pairs.
 * @throws BenchError usage, with everything that is wrong with them.
 */
export function encodeArguments({ idl, method }: FoundMethod, args: unknown, protocol: ThriftProtocol): Buffer {
  const checker = new Checker();
  const held = checker.struct(idl, { kind: 'struct', fields: method.args }, args, 'args');
  if (held === undefined || checker.complaints.length > 0) {
    const list = checker.complaints.map((complaint) => `  - ${complaint}`).join('\n');
    throw new BenchError('usage', 'ARGUMENTS_REFUSED', `the arguments do not fit ${method.name}:\n${list}`, {
      hint: `${method.name} takes ${method.args.map(({ name }) => name).join(', ') || 'no arguments'}`,
    });
  }
  let encoded: Buffer = Buffer.alloc(0);
  const transport = new TBufferedTransport(undefined, (bytes) => {
    if (bytes !== undefined) encoded = bytes;
  });
  held.write(protocol === 'binary' ? new TBinaryProtocol(transport) : new TCompactProtocol(transport));
  transport.flush();
  return encoded;
}

class Checker {
  readonly complaints: string[] = [];

  struct(idl: Idl, { kind, fields }: StructDefinition, value: unknown, at: string): Held | undefined {
    if (!isMapping(value)) return this.complain(at, 'must be an object', value);
    for (const key of Object.keys(value)) {
      if (!fields.some(({ name }) => name === key)) {
        this.complaints.push(
          `${at}.${key} is not a field; there is ${fields.map(({ name }) => name).join(', ') || 'none'}`,
        );
      }
    }
    if (kind === 'union' && Object.keys(value).length !== 1)
      this.complaints.push(`${at} must have one field, as a union`);
    const written = fields.flatMap((field) => this.field(idl, field, value, at));
    return { type: Type.STRUCT, write: (output) => writeStruct(output, written) };
  }

  private field(idl: Idl, field: Field, value: Mapping, at: string): readonly (readonly [Field, Held])[] {
    const own = value[field.name];
    if (own === undefined || own === null) {
      if (field.required) this.complaints.push(`${at}.${field.name} is missing`);
      return [];
    }
    const held = this.value(idl, field.type, own, `${at}.${field.name}`);
    return held === undefined ? [] : [[field, held]];
  }

  private value(idl: Idl, type: ThriftType, value: unknown, at: string): Held | undefined {
    switch (type.kind) {
      case 'bool':
        if (typeof value !== 'boolean') return this.complain(at, 'must be true or false', value);
        return { type: Type.BOOL, write: (output) => output.writeBool(value) };
      case 'byte':
      case 'i16':
      case 'i32':
      case 'i64':
        return this.whole(type.kind, value, at);
      case 'double':
        if (typeof value !== 'number') return this.complain(at, 'must be a number', value);
        return { type: Type.DOUBLE, write: (output) => output.writeDouble(value) };
      case 'string':
        if (typeof value !== 'string') return this.complain(at, 'must be text', value);
        return { type: Type.STRING, write: (output) => output.writeString(value) };
      case 'binary':
        return this.binary(value, at);
      case 'uuid':
        if (typeof value !== 'string' || !UUID.test(value)) return this.complain(at, 'must be a uuid as text', value);
        return { type: Type.UUID, write: (output) => output.writeUuid(value) };
      case 'list':
      case 'set':
        return this.list(idl, type, value, at);
      case 'map':
        return this.map(idl, type, value, at);
      case 'named':
        return this.named(idl, type, value, at);
    }
  }

  private whole(kind: keyof typeof RANGES, value: unknown, at: string): Held | undefined {
    const bits = RANGES[kind];
    const text = typeof value === 'string' || Number.isSafeInteger(value) ? String(value) : '';
    const number = /^-?\d{1,20}$/u.test(text) ? BigInt(text) : undefined;
    if (number === undefined || BigInt.asIntN(bits, number) !== number) {
      return this.complain(at, `must be a whole number of ${bits} bits`, value);
    }
    const plain = Number(number);
    switch (kind) {
      case 'byte':
        return { type: Type.BYTE, write: (output) => output.writeByte(plain) };
      case 'i16':
        return { type: Type.I16, write: (output) => output.writeI16(plain) };
      case 'i32':
        return { type: Type.I32, write: (output) => output.writeI32(plain) };
      case 'i64': {
        const bytes = Buffer.alloc(8);
        bytes.writeBigInt64BE(number);
        return { type: Type.I64, write: (output) => output.writeI64(new Int64(bytes)) };
      }
    }
  }

  private binary(value: unknown, at: string): Held | undefined {
    const base64 = isMapping(value) ? value['base64'] : undefined;
    const isBase64 = typeof base64 === 'string' && /^[A-Za-z0-9+/]*={0,2}$/u.test(base64);
    if (typeof value !== 'string' && !isBase64) return this.complain(at, 'must be text or {"base64": "…"}', value);
    const bytes = typeof value === 'string' ? Buffer.from(value) : Buffer.from(String(base64), 'base64');
    return { type: Type.STRING, write: (output) => output.writeBinary(bytes) };
  }

  private list(idl: Idl, type: ThriftType & { kind: 'list' | 'set' }, value: unknown, at: string): Held | undefined {
    if (!Array.isArray(value)) return this.complain(at, 'must be a list', value);
    const elements = value.map((one, index) => this.value(idl, type.element, one, `${at}[${index}]`)).filter(isHeld);
    const element = wireType(idl, type.element);
    const set = type.kind === 'set';
    return {
      type: set ? Type.SET : Type.LIST,
      write: (output) => {
        if (set) output.writeSetBegin(element, elements.length);
        else output.writeListBegin(element, elements.length);
        for (const { write } of elements) write(output);
        if (set) output.writeSetEnd();
        else output.writeListEnd();
      },
    };
  }

  private map(idl: Idl, type: ThriftType & { kind: 'map' }, value: unknown, at: string): Held | undefined {
    const pairs = Array.isArray(value) ? value : isMapping(value) ? Object.entries(value) : undefined;
    if (!pairs?.every((pair) => Array.isArray(pair) && pair.length === 2)) {
      return this.complain(at, 'must be an object or a list of pairs', value);
    }
    const held = pairs.map(([key, own]: [unknown, unknown], index: number) => [
      this.value(idl, type.key, key, `${at}[${index}].key`),
      this.value(idl, type.value, own, `${at}[${typeof key === 'string' ? key : index}]`),
    ]);
    const [key, own] = [wireType(idl, type.key), wireType(idl, type.value)];
    return {
      type: Type.MAP,
      write: (output) => {
        output.writeMapBegin(key, own, held.length);
        for (const one of held.flat()) one?.write(output);
        output.writeMapEnd();
      },
    };
  }

  private named(idl: Idl, type: ThriftType & { kind: 'named' }, value: unknown, at: string): Held | undefined {
    const { idl: home, definition } = definitionOf(idl, type.name, type.line);
    switch (definition.kind) {
      case 'typedef':
        return this.value(home, definition.type, value, at);
      case 'enum':
        return this.enumeration(definition.values, value, at);
      default:
        return this.struct(home, definition, value, at);
    }
  }

  private enumeration(values: ReadonlyMap<string, number>, value: unknown, at: string): Held | undefined {
    const number = typeof value === 'string' ? values.get(value) : value;
    if (typeof number !== 'number' || ![...values.values()].includes(number)) {
      return this.complain(at, `must be one of ${[...values.keys()].join(', ')}`, value);
    }
    return { type: Type.I32, write: (output) => output.writeI32(number) };
  }

  private complain(at: string, must: string, value: unknown): undefined {
    this.complaints.push(`${at} ${must}, not ${(JSON.stringify(value) ?? 'nothing').slice(0, 60)}`);
  }
}

type StructDefinition = Extract<Definition, { kind: 'struct' | 'union' }>;
type Mapping = Readonly<Record<string, unknown>>;

/** The type of an element on the wire, also where a list is empty. */
function wireType(idl: Idl, type: ThriftType): Thrift.Type {
  switch (type.kind) {
    case 'bool':
      return Type.BOOL;
    case 'byte':
      return Type.BYTE;
    case 'i16':
      return Type.I16;
    case 'i32':
      return Type.I32;
    case 'i64':
      return Type.I64;
    case 'double':
      return Type.DOUBLE;
    case 'string':
    case 'binary':
      return Type.STRING;
    case 'uuid':
      return Type.UUID;
    case 'list':
      return Type.LIST;
    case 'set':
      return Type.SET;
    case 'map':
      return Type.MAP;
    case 'named': {
      const { idl: home, definition } = definitionOf(idl, type.name, type.line);
      if (definition.kind === 'typedef') return wireType(home, definition.type);
      return definition.kind === 'enum' ? Type.I32 : Type.STRUCT;
    }
  }
}

function writeStruct(output: TProtocol, fields: readonly (readonly [Field, Held])[]): void {
  output.writeStructBegin('');
  for (const [{ name, id }, { type, write }] of fields) {
    output.writeFieldBegin(name, type, id);
    write(output);
    output.writeFieldEnd();
  }
  output.writeFieldStop();
  output.writeStructEnd();
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isHeld(held: Held | undefined): held is Held {
  return held !== undefined;
}
