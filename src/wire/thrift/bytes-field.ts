import type { ThriftProtocol } from './names.ts';
import { varint } from './varint.ts';

const STOP = 0;
const BINARY_STRING = 11;
const COMPACT_BINARY = 8;

/** A struct with one field of bytes, of an id from 0 to 15: arguments and results of the calls that scenarios make. */
export function encodeBytesField(protocol: ThriftProtocol, id: number, value: Buffer): Buffer {
  if (protocol === 'binary') {
    const head = Buffer.alloc(7);
    head[0] = BINARY_STRING;
    head.writeInt16BE(id, 1);
    head.writeInt32BE(value.length, 3);
    return Buffer.concat([head, value, Buffer.from([STOP])]);
  }
  // The id is written as what it is more than the last one, 0, and in full where that is nothing.
  const head = id === 0 ? [COMPACT_BINARY, 0] : [(id << 4) | COMPACT_BINARY];
  return Buffer.concat([Buffer.from([...head, ...varint(value.length)]), value, Buffer.from([STOP])]);
}
