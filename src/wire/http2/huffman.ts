import { Http2Error } from './names.ts';

/**
 * Lengths of the codes of all bytes in bits (RFC 7541, appendix B). The code is canonical: codes of a length follow one
 * another in the order of their bytes, so lengths say all of it. The end of a string has the last code, of 30 ones.
 */
const LENGTHS: readonly number[] = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28,
  28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
  13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, 15, 5, 6, 5, 6,
  5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22, 22, 23,
  22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21, 20, 22, 22,
  23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23, 26, 26,
  20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27,
  27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27,
  27, 27, 27, 26,
];
const END = 256;
const LONGEST_PADDING = 7;

/** A node of the tree is a pair: where 0 and where 1 lead. Bytes are leaves, below zero. */
const TREE = plantTree();

function plantTree(): Int32Array {
  const symbols = [...LENGTHS.keys(), END].sort((one, other) => lengthOf(one) - lengthOf(other) || one - other);
  const tree = [0, 0];
  let code = 0;
  let previous = 0;
  for (const symbol of symbols) {
    const length = lengthOf(symbol);
    code *= 2 ** (length - previous);
    previous = length;
    plant(tree, code, length, symbol);
    code += 1;
  }
  return Int32Array.from(tree);
}

function lengthOf(symbol: number): number {
  return LENGTHS[symbol] ?? 30;
}

function plant(tree: number[], code: number, length: number, symbol: number): void {
  let node = 0;
  for (let bit = length - 1; bit > 0; bit -= 1) {
    const branch = node + ((code >>> bit) & 1);
    if (tree[branch] === 0) tree[branch] = tree.push(0, 0) - 2;
    node = tree[branch] ?? 0;
  }
  tree[node + (code & 1)] = -1 - symbol;
}

/** Decodes a string (RFC 7541, section 5.2) as latin1 text. @throws Http2Error where it is none. */
export function decodeHuffman(bytes: Buffer, from: number, to: number): string {
  const out = Buffer.allocUnsafe(Math.floor(((to - from) * 8) / 5));
  let length = 0;
  let node = 0;
  /** Bits since the last whole code, and whether all of them were ones: so the end is padded. */
  let depth = 0;
  let ones = true;
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at] ?? 0;
    for (let bit = 7; bit >= 0; bit -= 1) {
      const one = (byte >>> bit) & 1;
      const next = TREE[node + one] ?? 0;
      if (next >= 0) {
        node = next;
        depth += 1;
        ones &&= one === 1;
        continue;
      }
      if (next === -1 - END) throw new Http2Error('a Huffman code for the end within a string');
      out[length] = -1 - next;
      length += 1;
      node = 0;
      depth = 0;
      ones = true;
    }
  }
  if (depth > LONGEST_PADDING || !ones) throw new Http2Error('a Huffman code that is cut off');
  return out.toString('latin1', 0, length);
}
