import net from 'node:net';

/** Where a service listens. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** A connection that bytes go out on. */
export interface Link {
  /** Sends latin1 text, or a buffer that nobody changes before it is sent; `written` is called once the kernel has all of it. */
  write(bytes: string | Buffer, written?: () => void): void;
  /** Drops it at once; no handler is called afterwards. */
  destroy(): void;
}

/** What a link tells. `closed` comes once, also after a failed attempt. */
export interface LinkHandlers {
  opened(): void;
  /** The bytes are valid only during the call. */
  received(bytes: Buffer, length: number): void;
  /** `reason` is `end` for a close in good order, otherwise an error code such as ECONNRESET. */
  closed(reason: string): void;
}

/** Opens a link; who uses it knows no sockets, so that tests can simulate them. */
export type Dial = (endpoint: Endpoint, handlers: LinkHandlers) => Link;

/** One receive buffer serves all sockets: libuv fills it and calls back before it reads the next one. */
export const RECEIVE_BYTES = 65_536;

/** TCP without Nagle's delay. */
export function tcpDialer(): Dial {
  const buffer = Buffer.allocUnsafeSlow(RECEIVE_BYTES);
  return (endpoint, handlers) => {
    let reason = 'end';
    let told = false;
    const tell = (): void => {
      if (told) return;
      told = true;
      handlers.closed(reason);
    };
    const socket = net.connect({
      host: endpoint.address,
      port: endpoint.port,
      noDelay: true,
      onread: {
        buffer,
        callback: (length) => {
          handlers.received(buffer, length);
          return true;
        },
      },
    });
    socket.once('connect', () => handlers.opened());
    socket.once('error', (error: NodeJS.ErrnoException) => {
      reason = error.code ?? error.message;
    });
    // A request written after the other side's FIN is lost: who chooses among links must know before the next.
    socket.once('end', tell);
    socket.once('close', tell);
    return {
      write: (bytes, written) => {
        socket.write(bytes, 'latin1', written && ((error) => error ?? written()));
      },
      destroy: () => {
        told = true;
        socket.destroy();
      },
    };
  };
}
