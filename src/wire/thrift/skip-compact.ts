import { checkLength, ThriftError } from './names.ts';
import { StructSkipper } from './skip.ts';
import { VarintReader } from './varint.ts';

/** Types of the compact protocol (thrift-compact-protocol.md). */
const STOP = 0;
const TRUE = 1;
const FALSE = 2;
const BYTE = 3;
const I16 = 4;
const I32 = 5;
const I64 = 6;
const DOUBLE = 7;
const BINARY = 8;
const LIST = 9;
const SET = 10;
const MAP = 11;
const STRUCT = 12;
const UUID = 13;

/** {@link StructSkipper} of the compact protocol. */
export class CompactSkipper extends StructSkipper {
  private readonly varint = new VarintReader();

  protected field(bytes: Buffer, start: number, length: number): boolean {
    if (this.at >= length) return false;
    const head = bytes[start + this.at] ?? 0;
    if (head === STOP) {
      this.at += 1;
      this.close();
      return true;
    }
    const type = known(head & 0x0f);
    const delta = head >> 4;
    this.varint.at = start + this.at + 1;
    const long = delta === 0 ? this.varint.read(bytes, start + length) : 0;
    if (long < 0) return false;
    this.at = this.varint.at - start;
    this.fieldBegins(delta === 0 ? zigzag(long) : this.lastId + delta, type);
    // The type of a boolean field is its value.
    if (type === TRUE || type === FALSE) this.want = 0;
    return true;
  }

  protected value(bytes: Buffer, start: number, length: number): boolean {
    switch (this.want) {
      case TRUE:
      case FALSE:
      case BYTE:
        return this.pass(1, length);
      case DOUBLE:
        return this.pass(8, length);
      case UUID:
        return this.pass(16, length);
      case I16:
      case I32:
      case I64:
        return this.number(bytes, start, length) >= 0;
      case BINARY:
        return this.text(bytes, start, length);
      case STRUCT:
        this.open(0, 0, 0);
        return true;
      case MAP:
        return this.map(bytes, start, length);
      case LIST:
      case SET:
        return this.list(bytes, start, length);
      default:
        throw new ThriftError(`a value of the unknown type ${this.want}`);
    }
  }

  /** Passes a variable-length number and returns it, −1 where it is not whole. */
  private number(bytes: Buffer, start: number, length: number): number {
    this.varint.at = start + this.at;
    const value = this.varint.read(bytes, start + length);
    if (value < 0) return -1;
    this.at = this.varint.at - start;
    this.want = 0;
    return value;
  }

  private text(bytes: Buffer, start: number, length: number): boolean {
    this.varint.at = start + this.at;
    const size = this.varint.read(bytes, start + length);
    return size >= 0 && this.pass(this.varint.at - start - this.at + checkLength(size, 'a text'), length);
  }

  private list(bytes: Buffer, start: number, length: number): boolean {
    if (this.at >= length) return false;
    const head = bytes[start + this.at] ?? 0;
    const short = head >> 4;
    this.varint.at = start + this.at + 1;
    const count = short === 15 ? this.varint.read(bytes, start + length) : short;
    if (count < 0) return false;
    checkLength(count, 'a container');
    this.at = this.varint.at - start;
    this.want = 0;
    const type = head & 0x0f;
    if (count > 0) this.open(known(type), type, count);
    return true;
  }

  /** An empty map has no types. */
  private map(bytes: Buffer, start: number, length: number): boolean {
    this.varint.at = start + this.at;
    const count = this.varint.read(bytes, start + length);
    if (count < 0) return false;
    checkLength(count, 'a container');
    const typesAt = this.varint.at;
    if (count > 0 && typesAt >= start + length) return false;
    this.at = typesAt - start + (count > 0 ? 1 : 0);
    this.want = 0;
    if (count > 0) {
      const types = bytes[typesAt] ?? 0;
      this.open(known(types >> 4), known(types & 0x0f), count * 2);
    }
    return true;
  }
}

function zigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}

function known(type: number): number {
  if (type < TRUE || type > UUID || type === STOP) throw new ThriftError(`a value of the unknown type ${type}`);
  return type;
}
