const CR = 13;
const LF = 10;
const NONE = Buffer.alloc(0);

/** Cuts lines out of segments. The line last read stays in {@link bytes} until the next is asked for. */
export class LineReader {
  /** Where the line stands: in the segment, or put together from several. */
  bytes: Buffer = NONE;
  from = 0;
  /** Behind its last byte, without its line end. */
  to = 0;
  /** True where a line feed alone ended it. */
  bare = false;
  private held: Buffer | undefined;
  private heldLength = 0;

  /** True where no part of a line waits for its rest. */
  get idle(): boolean {
    return this.heldLength === 0;
  }

  /** Returns the offset behind the end of the line, or −1 where it does not end within these bytes: they are kept then. */
  read(bytes: Buffer, at: number, end: number): number {
    let stop = at;
    while (stop < end && bytes[stop] !== LF) stop += 1;
    if (stop === end) {
      this.hold(bytes, at, end);
      return -1;
    }
    if (this.held === undefined) this.take(bytes, at, stop);
    else {
      this.hold(bytes, at, stop);
      this.take(this.held, 0, this.heldLength);
      this.drop();
    }
    return stop + 1;
  }

  /** Forgets what it holds of a line. */
  drop(): void {
    this.held = undefined;
    this.heldLength = 0;
  }

  /** Lets go of the segment that the line last read stands in. */
  release(): void {
    this.bytes = NONE;
    this.from = 0;
    this.to = 0;
  }

  /** The line as it came, for who must say what is wrong with it. */
  get line(): Buffer {
    return this.bytes.subarray(this.from, this.to);
  }

  private take(bytes: Buffer, from: number, stop: number): void {
    this.bytes = bytes;
    this.from = from;
    this.bare = stop === from || bytes[stop - 1] !== CR;
    this.to = this.bare ? stop : stop - 1;
  }

  private hold(bytes: Buffer, at: number, end: number): void {
    const length = this.heldLength + end - at;
    if (this.held === undefined || length > this.held.length) {
      // Twice what is needed, so that a line that comes byte by byte is copied a few times only.
      const grown = Buffer.allocUnsafeSlow(Math.max(256, length * 2));
      this.held?.copy(grown, 0, 0, this.heldLength);
      this.held = grown;
    }
    bytes.copy(this.held, this.heldLength, at, end);
    this.heldLength = length;
  }
}
