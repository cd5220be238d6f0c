import fs from 'node:fs';

/** A pipe that does not block says that it is full; its reader is given so long, ms. */
const FULL_MS = 1;

/**
 * Writes lines to a descriptor, in order, without ever holding up the loop: a reader may be slow. Not a stream of Node's,
 * since a load's sockets are streams: the first line of a measurement would have the code that sends requests compiled
 * again, for some milliseconds of it.
 */
export class LineOutput {
  private readonly fd: number;
  private readonly onGone: () => void;
  private readonly waiting: Buffer[] = [];
  private from = 0;
  private busy = false;

  /** `onGone` is called when nobody reads any more. */
  constructor(fd: number, onGone: () => void) {
    this.fd = fd;
    this.onGone = onGone;
  }

  /** Writes a line, after those before it. */
  write(line: string): void {
    this.waiting.push(Buffer.from(`${line}\n`));
    if (!this.busy) this.next();
  }

  private next(): void {
    const line = this.waiting[0];
    this.busy = line !== undefined;
    if (line !== undefined) fs.write(this.fd, line, this.from, line.length - this.from, null, this.wrote);
  }

  private readonly wrote = (error: NodeJS.ErrnoException | null, written: number): void => {
    if (error?.code === 'EAGAIN') {
      setTimeout(() => this.next(), FULL_MS);
      return;
    }
    if (error !== null) {
      this.onGone();
      return;
    }
    this.from += written;
    if (this.from === this.waiting[0]?.length) {
      this.waiting.shift();
      this.from = 0;
    }
    this.next();
  };
}
