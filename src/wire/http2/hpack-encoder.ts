import { type Field, staticIndex } from './static-table.ts';

/**
 * A block of fields as latin1 text, which refers to the static table alone: it changes nothing on the other side, so the
 * same block stands for the same fields on every connection and at any time, and is written once.
 */
export function encodeBlock(fields: readonly Field[]): string {
  return fields.map(encodeField).join('');
}

function encodeField({ name, value }: Field): string {
  const known = staticIndex(name, value);
  if (known.field > 0) return integer(0x80, 7, known.field);
  // A literal that is not indexed (RFC 7541, section 6.2.2).
  return integer(0, 4, known.name) + (known.name > 0 ? '' : text(name)) + text(value);
}

/** Never by Huffman's code: a request is written once, and who reads it has less to do. */
function text(value: string): string {
  return integer(0, 7, value.length) + value;
}

/** An integer behind a prefix of some bits (RFC 7541, section 5.1). */
function integer(flags: number, prefix: number, value: number): string {
  const most = 2 ** prefix - 1;
  if (value < most) return String.fromCharCode(flags | value);
  let rest = value - most;
  let written = String.fromCharCode(flags | most);
  for (; rest >= 128; rest >>>= 7) written += String.fromCharCode((rest & 127) | 128);
  return written + String.fromCharCode(rest);
}
