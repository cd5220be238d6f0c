import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const RETRY_MS = 200;

/**
 * Does `work` while no other process of this machine does what goes by the same name.
 * The lock is an abstract Unix socket: the kernel gives it back however its holder ends, and no file can be left behind.
 * `onWait` is called once where another process is at it.
 */
export async function alone<T>(name: string, onWait: () => void, work: () => Promise<T>): Promise<T> {
  const socket = `\0meshbench-${createHash('sha256').update(name).digest('hex').slice(0, 16)}`;
  let server = await tryToHold(socket);
  if (server === undefined) onWait();
  while (server === undefined) {
    await sleep(RETRY_MS);
    server = await tryToHold(socket);
  }
  try {
    return await work();
  } finally {
    server.close();
  }
}

function tryToHold(path: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen({ path }, () => resolve(server));
  });
}
