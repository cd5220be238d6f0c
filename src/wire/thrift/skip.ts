import { ThriftError } from './names.ts';

/** Structs and containers may lie in each other so deep: as Apache's libraries allow. */
const MAX_DEPTH = 64;

/** In place of an element's type: a struct's fields come one after the other. */
const FIELDS = 0;

/**
 * Finds the end of a struct without making values of it. Where the bytes end first it remembers its place, and goes on
 * from there: what was read is never read again, however small the pieces are in which a message comes.
 */
export abstract class StructSkipper {
  /** Id of the first field of the outermost struct; −1 where it has none. */
  firstField = -1;
  /** Where it has come, from the start of the struct. */
  protected at = 0;
  /** Type of the value that comes next; 0 where the innermost open struct or container says. */
  protected want = 0;
  /** Per open struct or container: types of its elements in turn (FIELDS of a struct), elements left, last field's id. */
  private readonly keys = new Uint8Array(MAX_DEPTH);
  private readonly values = new Uint8Array(MAX_DEPTH);
  private readonly left = new Float64Array(MAX_DEPTH);
  private readonly lastIds = new Int32Array(MAX_DEPTH);
  private depth = 0;

  /** Forgets everything and expects a struct. */
  begin(): void {
    this.firstField = -1;
    this.at = 0;
    this.want = 0;
    this.depth = 0;
    this.open(FIELDS, FIELDS, 0);
  }

  /**
   * Reads on in a struct that starts at `start`. Returns where it ends, or −1 where the bytes end first.
   * @throws ThriftError
   */
  skip(bytes: Buffer, start: number, end: number): number {
    const length = end - start;
    while (this.depth > 0) {
      if (this.want !== 0) {
        if (!this.value(bytes, start, length)) return -1;
      } else if (this.isStruct) {
        if (!this.field(bytes, start, length)) return -1;
      } else this.nextElement();
    }
    return start + this.at;
  }

  /** Reads a field's head, sets `want`, or closes the struct. False where the bytes end first. */
  protected abstract field(bytes: Buffer, start: number, length: number): boolean;
  /** Passes a value of the type `want`. False where the bytes end first; then nothing was passed. */
  protected abstract value(bytes: Buffer, start: number, length: number): boolean;

  protected open(keys: number, values: number, count: number): void {
    if (this.depth === MAX_DEPTH) throw new ThriftError(`structs in structs more than ${MAX_DEPTH} deep`);
    this.keys[this.depth] = keys;
    this.values[this.depth] = values;
    this.left[this.depth] = count;
    this.lastIds[this.depth] = 0;
    this.depth += 1;
    this.want = 0;
  }

  protected close(): void {
    this.depth -= 1;
  }

  protected get lastId(): number {
    return this.lastIds[this.depth - 1] ?? 0;
  }

  /** A field of the innermost struct begins. */
  protected fieldBegins(id: number, type: number): void {
    this.lastIds[this.depth - 1] = id;
    if (this.depth === 1 && this.firstField < 0) this.firstField = id;
    this.want = type;
  }

  /** Passes `size` bytes of a value, if they are there. */
  protected pass(size: number, length: number): boolean {
    if (this.at + size > length) return false;
    this.at += size;
    this.want = 0;
    return true;
  }

  private get isStruct(): boolean {
    return this.values[this.depth - 1] === FIELDS;
  }

  /** Of a map keys and values are elements in turn, twice as many. */
  private nextElement(): void {
    const top = this.depth - 1;
    const left = this.left[top] ?? 0;
    if (left === 0) {
      this.close();
      return;
    }
    this.left[top] = left - 1;
    this.want = (left % 2 === 0 ? this.keys[top] : this.values[top]) ?? 0;
  }
}
