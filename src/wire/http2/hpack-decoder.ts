import { decodeHuffman } from './huffman.ts';
import { Http2Error } from './names.ts';
import { type Field, STATIC_TABLE } from './static-table.ts';

/** What a field takes of the dynamic table beside its characters (RFC 7541, section 4.1). */
const OVERHEAD = 32;
/** The size that both sides begin with; we never allow more. */
const LARGEST_TABLE = 4096;
/** A head's fields may take so much, counted as the table counts them; more is refused, as with HTTP/1.1. */
const LARGEST_HEAD = 65_536;

/** Takes the fields of a head in their order. */
export interface FieldSink {
  field(name: string, value: string): void;
}

/** Of a field: lower case alone (RFC 9113, section 8.2.1). */
const NAME = /^:?[!#$%&'*+.^_`|~0-9a-z-]+$/u;
const UNCLEAN = /[\0\r\n]/u;

/** Decodes the blocks of one connection (RFC 7541), each of which may change the table that the next refers to. */
export class HpackDecoder {
  /** The newest first. */
  private readonly table: Field[] = [];
  private tableSize = 0;
  private limit = LARGEST_TABLE;
  private bytes: Buffer = Buffer.alloc(0);
  private at = 0;
  private to = 0;

  /**
   * Hands on the fields of a whole block, in their order.
   * @throws Http2Error for a block that is none: nothing after it can be decoded.
   */
  decode(bytes: Buffer, from: number, to: number, found: FieldSink): void {
    this.bytes = bytes;
    this.at = from;
    this.to = to;
    let size = 0;
    let begun = false;
    while (this.at < to) {
      const first = bytes[this.at] ?? 0;
      if ((first & 0xe0) === 0x20) {
        if (begun) throw new Http2Error('a change of the table size within a head');
        this.resize(this.integer(5));
        continue;
      }
      begun = true;
      const field = first >= 0x80 ? this.known(this.integer(7)) : this.literal(first);
      size += sizeOf(field);
      if (size > LARGEST_HEAD) throw new Http2Error(`a head of more than ${LARGEST_HEAD} bytes`);
      found.field(field.name, field.value);
    }
  }

  private literal(first: number): Field {
    const indexed = (first & 0x40) !== 0;
    const index = this.integer(indexed ? 6 : 4);
    const name = index === 0 ? this.name() : this.known(index).name;
    const field = { name, value: this.text() };
    if (UNCLEAN.test(field.value)) throw new Http2Error(`a field "${name}" with a line end in its value`);
    if (indexed) this.insert(field);
    return field;
  }

  private known(index: number): Field {
    const place = index - 1;
    const field = place < STATIC_TABLE.length ? STATIC_TABLE[place] : this.table[place - STATIC_TABLE.length];
    if (field === undefined) throw new Http2Error(`a field with index ${index}, which there is not`);
    return field;
  }

  private insert(field: Field): void {
    this.tableSize += sizeOf(field);
    this.table.unshift(field);
    this.evict();
  }

  private resize(limit: number): void {
    if (limit > LARGEST_TABLE) throw new Http2Error(`a table of ${limit} bytes, where ${LARGEST_TABLE} are allowed`);
    this.limit = limit;
    this.evict();
  }

  private evict(): void {
    while (this.tableSize > this.limit) {
      const oldest = this.table.pop();
      if (oldest === undefined) return;
      this.tableSize -= sizeOf(oldest);
    }
  }

  private name(): string {
    const name = this.text();
    if (!NAME.test(name)) throw new Http2Error(`a field's name that is none: ${JSON.stringify(name.slice(0, 60))}`);
    return name;
  }

  private integer(prefix: number): number {
    const most = 2 ** prefix - 1;
    let value = this.next() & most;
    if (value < most) return value;
    for (let scale = 1; ; scale *= 128) {
      if (scale > 128 ** 3) throw new Http2Error('a number in a head that is too large');
      const byte = this.next();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }

  private text(): string {
    const coded = ((this.bytes[this.at] ?? 0) & 0x80) !== 0;
    const length = this.integer(7);
    const from = this.at;
    this.at += length;
    if (this.at > this.to) throw new Http2Error('a head that is cut off');
    return coded ? decodeHuffman(this.bytes, from, this.at) : this.bytes.toString('latin1', from, this.at);
  }

  private next(): number {
    if (this.at >= this.to) throw new Http2Error('a head that is cut off');
    const byte = this.bytes[this.at] ?? 0;
    this.at += 1;
    return byte;
  }
}

function sizeOf({ name, value }: Field): number {
  return name.length + value.length + OVERHEAD;
}
