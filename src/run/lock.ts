import net from 'node:net';
import { BenchError } from '../units/index.ts';

/** An abstract socket is gone with its process, however that ends: no lock can stay behind. */
const NAME = '\0meshbench.run';

/**
 * Takes the machine's one place for a measuring run: two at a time spoil each other.
 * @throws BenchError preflight when another run holds it.
 */
export function lockMachine(): Promise<AsyncDisposable> {
  const server = net.createServer();
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      reject(
        new BenchError('preflight', 'ANOTHER_RUN', 'another meshbench run is measuring on this machine', {
          hint: 'wait for it: two at a time spoil each other',
          cause,
        }),
      );
    });
    server.listen(NAME, () => {
      server.unref();
      resolve({ [Symbol.asyncDispose]: () => new Promise<void>((closed) => server.close(() => closed())) });
    });
  });
}
