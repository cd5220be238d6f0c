import type { Terminal } from './terminal.ts';

/** What every command is given. */
export interface Context {
  readonly terminal: Terminal;
  /** Root of the checkout. */
  readonly root: string;
  /** Sets the exit code of the command that just ended. */
  readonly exit: (code: number) => void;
}
