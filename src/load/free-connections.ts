import type { Connection } from './connection.ts';

/** Connections with room for a request: the one that has been free longest is taken first, so that all are used in turn. */
export class FreeConnections {
  private readonly waiting: Connection[] = [];
  private head = 0;

  /** Adds a connection that has room and is not there yet. */
  add(connection: Connection): void {
    if (connection.listed || !connection.hasRoom) return;
    connection.listed = true;
    this.waiting.push(connection);
  }

  /** Takes one that is alive and has room; dead ones are passed over. */
  take(): Connection | undefined {
    while (this.head < this.waiting.length) {
      const connection = this.waiting[this.head];
      this.head += 1;
      if (this.head > 4096 && this.head * 2 > this.waiting.length) {
        this.waiting.splice(0, this.head);
        this.head = 0;
      }
      if (connection !== undefined) connection.listed = false;
      if (connection?.alive && connection.hasRoom) return connection;
    }
    this.waiting.length = 0;
    this.head = 0;
    return undefined;
  }
}
