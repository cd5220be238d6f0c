import net from 'node:net';

/** A connection's handle and the server that counts it: what Node's own servers set, and its types leave out. */
interface Accepted {
  _handle: unknown;
  _server: net.Server | null;
}

/**
 * A connection that a server with `pauseOnConnect` has accepted, which calls back with how many bytes it has read into
 * `buffer`. Node has that for connections that it opens alone; for others it takes new memory each time that it reads, which
 * was half of an application's garbage (docs/measurement.md). So the connection gets another socket, as Node's cluster hands
 * connections on. The old one must not be used any more.
 */
export function readInto(buffer: Buffer, accepted: net.Socket, received: (length: number) => void): net.Socket {
  const old = accepted as unknown as Accepted;
  const callback = (length: number): boolean => {
    received(length);
    return true;
  };
  const options: net.SocketConstructorOpts & net.ConnectOpts & { handle: unknown } = {
    handle: old._handle,
    onread: { buffer, callback },
  };
  const socket = new net.Socket(options);
  Object.assign(socket, { _server: old._server } satisfies Partial<Accepted>);
  Object.assign(old, { _handle: null, _server: null } satisfies Accepted);
  return socket;
}
