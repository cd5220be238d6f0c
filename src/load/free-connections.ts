import type { Connection } from './connection.ts';

/**
 * Connections with room for a request: the one that has been free longest is taken first, so that all are used in turn.
 * A ring that allocates only when it grows: an overloaded loop takes the last one and adds it again for every answer.
 */
export class FreeConnections {
  private ring: (Connection | undefined)[] = new Array(64).fill(undefined);
  private head = 0;
  private length = 0;

  /** Adds a connection that has room and is not there yet. */
  add(connection: Connection): void {
    if (connection.listed || !connection.hasRoom) return;
    connection.listed = true;
    if (this.length === this.ring.length) this.grow();
    this.ring[(this.head + this.length) & (this.ring.length - 1)] = connection;
    this.length += 1;
  }

  /** Takes one that is alive and has room; dead ones are passed over. */
  take(): Connection | undefined {
    while (this.length > 0) {
      const connection = this.ring[this.head];
      this.ring[this.head] = undefined;
      this.head = (this.head + 1) & (this.ring.length - 1);
      this.length -= 1;
      if (connection === undefined) continue;
      connection.listed = false;
      if (connection.alive && connection.hasRoom) return connection;
    }
    return undefined;
  }

  /** Twice the room, with the oldest first. */
  private grow(): void {
    const { ring, head } = this;
    this.ring = [...ring.slice(head), ...ring.slice(0, head), ...new Array(ring.length).fill(undefined)];
    this.head = 0;
  }
}
