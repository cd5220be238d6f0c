import type { ThriftProtocol } from './names.ts';
import { VarintReader } from './varint.ts';

/** Types of TApplicationException by their number (doc/specs/thrift-rpc.md). */
const TYPES = [
  'UNKNOWN',
  'UNKNOWN_METHOD',
  'INVALID_MESSAGE_TYPE',
  'WRONG_METHOD_NAME',
  'BAD_SEQUENCE_ID',
  'MISSING_RESULT',
  'INTERNAL_ERROR',
  'PROTOCOL_ERROR',
  'INVALID_TRANSFORM',
  'INVALID_PROTOCOL',
  'UNSUPPORTED_CLIENT_TYPE',
];

/** More says nothing more. */
const LONGEST_TEXT = 150;

/**
 * Type and message of a TApplicationException from its whole struct: {1: string message, 2: i32 type}, of which every
 * library writes the message first. What comes in another form is named without its parts.
 */
export function readApplicationException(protocol: ThriftProtocol, struct: Buffer): string {
  const { message, type } = protocol === 'binary' ? readBinary(struct) : readCompact(struct);
  const name = type === undefined ? 'TApplicationException' : (TYPES[type] ?? `type ${type}`);
  return message === '' ? name : `${name}: ${message}`;
}

interface Parts {
  readonly message: string;
  readonly type: number | undefined;
}

function readBinary(struct: Buffer): Parts {
  let at = 0;
  let message = '';
  if (struct.length >= 7 && struct[0] === 11 && struct.readInt16BE(1) === 1) {
    const length = struct.readInt32BE(3);
    message = struct.toString('utf8', 7, 7 + Math.min(length, LONGEST_TEXT));
    at = 7 + length;
  }
  const typed = struct.length >= at + 7 && struct[at] === 8 && struct.readInt16BE(at + 1) === 2;
  return { message, type: typed ? struct.readInt32BE(at + 3) : undefined };
}

function readCompact(struct: Buffer): Parts {
  const varint = new VarintReader();
  let at = 0;
  let message = '';
  if (struct[0] === 0x18) {
    varint.at = 1;
    const length = varint.read(struct, struct.length);
    message = struct.toString('utf8', varint.at, varint.at + Math.min(length, LONGEST_TEXT));
    at = varint.at + length;
  }
  if (struct[at] !== (at === 0 ? 0x25 : 0x15)) return { message, type: undefined };
  varint.at = at + 1;
  return { message, type: varint.read(struct, struct.length) / 2 };
}
