import path from 'node:path';
import type { Terminal } from './terminal.ts';

/**
 * A path as the user meant it: npm runs scripts in the checkout and keeps the folder where the user stood in INIT_CWD.
 */
export function userPath(file: string): string {
  const { npm_lifecycle_event: script, INIT_CWD: stood } = process.env;
  return path.resolve(script === undefined || stood === undefined ? process.cwd() : stood, file);
}

/** A scenario as it was named: a file is meant from where the user stands, a name is looked up among the scenarios. */
export function asFile(name: string): string {
  return /\.ya?ml$/u.test(name) ? userPath(name) : name;
}

/** What every command is given. */
export interface Context {
  readonly terminal: Terminal;
  /** Root of the checkout. */
  readonly root: string;
  /** Sets the exit code of the command that just ended. */
  readonly exit: (code: number) => void;
}
