import { setTimeout as sleep } from 'node:timers/promises';
import Docker from 'dockerode';
import { removeRun } from '../sweep.ts';

/**
 * Lives beside a run and removes what it left in Docker, if the command line dies before it could: its pipe closes then,
 * however that ends. A word on the pipe before says that there is nothing left to do.
 */
const [socketPath = '', run = ''] = process.argv.slice(2);
/** A container that was just being made shows up later. */
const ROUNDS_MS = [0, 1000, 2000, 3000] as const;

let released = false;
process.stdin.on('data', () => {
  released = true;
});
process.stdin.on('end', () => void over());
process.stdin.on('error', () => void over());

async function over(): Promise<void> {
  for (const pause of released ? [] : ROUNDS_MS) {
    await sleep(pause);
    await removeRun(new Docker({ socketPath }), run).catch(() => undefined);
  }
  process.exit(0);
}
