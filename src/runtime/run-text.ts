import { execFile } from 'node:child_process';

/** What a command prints on stdout; empty where it cannot be run. */
export function runText(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(command, args, { maxBuffer: 16e6 }, (_, stdout) => resolve(stdout));
  });
}
