/** Longer answers are read anew: to compare them would cost more than their head. */
const LONGEST = 2048;

/**
 * The bytes of the last whole answer. A reader that stands between answers comes to the same end and the same fields by the
 * same bytes, so an answer that repeats them need not be read: of what a server sends at a rate, nearly all do.
 */
export class LastAnswer {
  private readonly kept = Buffer.allocUnsafeSlow(LONGEST);
  private length = 0;

  /** Offset behind the answer at `offset` where it repeats the last one, otherwise −1. */
  endOfRepeated(bytes: Buffer, offset: number, end: number): number {
    const { length } = this;
    if (length === 0 || end - offset < length) return -1;
    return bytes.compare(this.kept, 0, length, offset, offset + length) === 0 ? offset + length : -1;
  }

  /** Keeps an answer that began and ended within these bytes. */
  keep(bytes: Buffer, from: number, to: number): void {
    this.length = to - from <= LONGEST ? bytes.copy(this.kept, 0, from, to) : 0;
  }

  /** Whatever comes next is read. */
  forget(): void {
    this.length = 0;
  }
}
