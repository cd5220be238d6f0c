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
  private readonly waiting: string[] = [];
  /** Used again for every line: one of its own would be freed minutes after it was written, with what remembers the writing. */
  private bytes = Buffer.alloc(0);
  private length = 0;
  private from = 0;
  private busy = false;

  /** `onGone` is called when nobody reads any more. */
  constructor(fd: number, onGone: () => void) {
    this.fd = fd;
    this.onGone = onGone;
  }

  /** Writes a line, after those before it. */
  write(line: string): void {
    this.waiting.push(`${line}\n`);
    if (!this.busy) this.next();
  }

  /** Begins with the next line. */
  private next(): void {
    const line = this.waiting.shift();
    this.busy = line !== undefined;
    if (line === undefined) return;
    this.from = 0;
    this.length = Buffer.byteLength(line);
    if (this.length > this.bytes.length) this.bytes = Buffer.alloc(2 * this.length);
    this.bytes.write(line);
    this.goOn();
  }

  private goOn(): void {
    fs.write(this.fd, this.bytes, this.from, this.length - this.from, null, this.wrote);
  }

  private readonly wrote = (error: NodeJS.ErrnoException | null, written: number): void => {
    if (error?.code === 'EAGAIN') {
      setTimeout(() => this.goOn(), FULL_MS);
      return;
    }
    if (error !== null) {
      this.onGone();
      return;
    }
    this.from += written;
    if (this.from < this.length) this.goOn();
    else this.next();
  };
}
