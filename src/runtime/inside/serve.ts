import net from 'node:net';
import readline from 'node:readline';
import { describeFailure } from './commands.ts';
import type { RequestMessage } from './messages.ts';

type Args<R> = R extends { readonly args: infer A } ? A : never;
type Result<R> = R extends { readonly result: infer A } ? A : never;

/** What an inner process does for each request. */
export type Handlers<T> = { readonly [N in keyof T]: (args: Args<T[N]>) => Promise<Result<T[N]>> };

/**
 * A way to say one object a line on stdout. Node writes pipes synchronously through process.stdout; through a socket a
 * slow reader cannot stop the loop. `lost` is called when nobody reads any more.
 */
export function openMouth(lost: () => void): (message: object) => void {
  const output = new net.Socket({ fd: 1, readable: false, writable: true });
  output.on('error', lost);
  return (message) => void output.write(`${JSON.stringify(message)}\n`);
}

/** Answers requests that come on stdin, each when it is done; `over` is called when no more can come. */
export function serve<T>(handlers: Handlers<T>, say: (message: object) => void, over: () => void): void {
  const handle = async <N extends keyof T>(message: RequestMessage<T, N>): Promise<void> => {
    try {
      say({ answer: message.id, result: await handlers[message.do](message.args as Args<T[N]>) });
    } catch (error) {
      say({ answer: message.id, error: describeFailure(error) });
    }
  };
  const requests = readline.createInterface({ input: process.stdin });
  requests.on('line', (line) => void handle(JSON.parse(line) as RequestMessage<T>));
  requests.on('close', over);
}
