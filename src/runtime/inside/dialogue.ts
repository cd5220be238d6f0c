import { BenchError } from '../../units/index.ts';
import type { FirstWord, InnerMessage, Notice } from './messages.ts';

type Args<R> = R extends { readonly args: infer A } ? A : never;
type Result<R> = R extends { readonly result: infer A } ? A : never;

/** How the outer side reaches the inner one, and how its failures are named. */
export interface Wire {
  write(line: string): void;
  /** Code of the error when the inner side refuses. */
  readonly refused: string;
  /** The error of every request once the inner side is gone. */
  gone(reason: string): BenchError;
}

/** Requests to a process on the other side of a stream of lines, and its answers and notices. */
export class Dialogue<T> {
  /** Settles with the other side's first word. */
  readonly firstWord: Promise<FirstWord>;
  private readonly wire: Wire;
  private readonly onNotice: (notice: Notice) => void;
  private readonly waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  private speak: (word: FirstWord) => void = () => undefined;
  private nextId = 0;
  private lostBy: string | undefined;

  constructor(wire: Wire, onNotice: (notice: Notice) => void) {
    this.wire = wire;
    this.onNotice = onNotice;
    this.firstWord = new Promise((resolve) => {
      this.speak = resolve;
    });
  }

  /** Asks the other side. @throws BenchError component when it refuses or is gone. */
  ask<N extends keyof T>(name: N, args: Args<T[N]>): Promise<Result<T[N]>> {
    if (this.lostBy !== undefined) return Promise.reject(this.wire.gone(this.lostBy));
    const id = this.nextId;
    this.nextId += 1;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve: (result) => resolve(result as Result<T[N]>), reject });
      this.wire.write(`${JSON.stringify({ id, do: name, args })}\n`);
    });
  }

  /** Takes a line that the other side said. */
  heard(line: string): void {
    const message = JSON.parse(line) as InnerMessage;
    if ('notice' in message) {
      if (message.notice === 'up' || message.notice === 'broken') this.speak(message);
      else this.onNotice(message);
      return;
    }
    const waiting = this.waiting.get(message.answer);
    this.waiting.delete(message.answer);
    if ('error' in message) waiting?.reject(new BenchError('component', this.wire.refused, message.error));
    else waiting?.resolve(message.result);
  }

  /** The other side is gone: whoever waits for it is told, and whoever asks later. */
  lost(reason: string): void {
    this.lostBy ??= reason;
    for (const { reject } of this.waiting.values()) reject(this.wire.gone(reason));
    this.waiting.clear();
  }
}
