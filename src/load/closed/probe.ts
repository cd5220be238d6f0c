import type { Dial, Endpoint } from '../../wire/index.ts';
import { cannotConnect } from '../cannot-connect.ts';

/** Opens one connection and closes it. @throws BenchError component where that cannot be done. */
export function probe(dial: Dial, endpoint: Endpoint): Promise<void> {
  return new Promise((resolve, reject) => {
    const link = dial(endpoint, {
      opened: () => {
        link.destroy();
        resolve();
      },
      received: () => undefined,
      closed: (reason) => reject(cannotConnect(endpoint, reason)),
    });
  });
}
