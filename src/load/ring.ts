/** A first-in first-out queue of due requests, two numbers each, that allocates only when it grows. */
export class RequestQueue {
  private intended = new Float64Array(1024);
  private released = new Float64Array(1024);
  private head = 0;
  length = 0;

  push(intended: number, released: number): void {
    if (this.length === this.intended.length) this.grow();
    const at = (this.head + this.length) & (this.intended.length - 1);
    this.intended[at] = intended;
    this.released[at] = released;
    this.length += 1;
  }

  /** Intended instant of the oldest; NaN when empty. */
  firstIntended(): number {
    return this.length === 0 ? Number.NaN : (this.intended[this.head] ?? Number.NaN);
  }

  /** Released instant of the oldest; NaN when empty. */
  firstReleased(): number {
    return this.length === 0 ? Number.NaN : (this.released[this.head] ?? Number.NaN);
  }

  /** Removes the oldest. */
  shift(): void {
    if (this.length === 0) return;
    this.head = (this.head + 1) & (this.intended.length - 1);
    this.length -= 1;
  }

  private grow(): void {
    this.intended = unrolled(this.intended, this.head);
    this.released = unrolled(this.released, this.head);
    this.head = 0;
  }
}

/** Twice the room, with the oldest first. */
function unrolled(ring: Float64Array, head: number): Float64Array<ArrayBuffer> {
  const grown = new Float64Array(ring.length * 2);
  grown.set(ring.subarray(head));
  grown.set(ring.subarray(0, head), ring.length - head);
  return grown;
}
