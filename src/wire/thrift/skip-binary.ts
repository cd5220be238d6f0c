import { checkLength, ThriftError } from './names.ts';
import { StructSkipper } from './skip.ts';

const STOP = 0;
const STRING = 11;
const STRUCT = 12;
const MAP = 13;
const SET = 14;
const LIST = 15;

/** Bytes of a value by its type; 0 where the value itself says, −1 where there is no such type (thrift-binary-protocol.md). */
const SIZES = new Int8Array(256).fill(-1);
for (const [type, size] of [
  [2, 1],
  [3, 1],
  [4, 8],
  [6, 2],
  [8, 4],
  [10, 8],
  [16, 16],
  [STRING, 0],
  [STRUCT, 0],
  [MAP, 0],
  [SET, 0],
  [LIST, 0],
] as const) {
  SIZES[type] = size;
}

/** {@link StructSkipper} of the binary protocol. */
export class BinarySkipper extends StructSkipper {
  protected field(bytes: Buffer, start: number, length: number): boolean {
    if (this.at >= length) return false;
    const type = bytes[start + this.at] ?? 0;
    if (type === STOP) {
      this.at += 1;
      this.close();
      return true;
    }
    if (this.at + 3 > length) return false;
    known(type);
    const id = bytes.readInt16BE(start + this.at + 1);
    this.at += 3;
    this.fieldBegins(id, type);
    return true;
  }

  protected value(bytes: Buffer, start: number, length: number): boolean {
    const size = SIZES[this.want] ?? -1;
    if (size > 0) return this.pass(size, length);
    switch (this.want) {
      case STRING: {
        if (this.at + 4 > length) return false;
        return this.pass(4 + checkLength(bytes.readInt32BE(start + this.at), 'a text'), length);
      }
      case STRUCT:
        this.open(0, 0, 0);
        return true;
      case MAP:
        return this.container(bytes, start, length, 2);
      default:
        return this.container(bytes, start, length, 1);
    }
  }

  /** `types` element types, then how many elements there are. */
  private container(bytes: Buffer, start: number, length: number, types: 1 | 2): boolean {
    if (this.at + types + 4 > length) return false;
    const from = start + this.at;
    const count = checkLength(bytes.readInt32BE(from + types), 'a container');
    const [key, value] = [bytes[from] ?? 0, bytes[from + types - 1] ?? 0];
    if (count > 0) for (const type of [key, value]) known(type);
    this.at += types + 4;
    this.want = 0;
    if (count > 0) this.open(key, value, count * types);
    return true;
  }
}

function known(type: number): void {
  if ((SIZES[type] ?? -1) < 0) throw new ThriftError(`a value of the unknown type ${type}`);
}
