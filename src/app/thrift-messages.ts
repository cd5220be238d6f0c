import type net from 'node:net';
import { type ThriftFormat, ThriftMessageReader } from '../wire/index.ts';

/**
 * Hands on every whole message that comes over a connection; what the reader says of it is valid during the call. What
 * cannot be understood ends the connection, as Apache's servers do it.
 */
export function readMessages(
  socket: net.Socket,
  format: ThriftFormat,
  received: (message: ThriftMessageReader) => void,
): void {
  const reader = new ThriftMessageReader(format);
  socket.on('error', () => socket.destroy());
  socket.on('data', (bytes) => {
    let offset = 0;
    try {
      while (offset < bytes.length && !socket.destroyed) {
        offset = reader.read(bytes, offset, bytes.length);
        if (offset < 0) return;
        received(reader);
      }
    } catch {
      socket.destroy();
    }
  });
}
