import { BenchError, EXIT_CODE, type ExitKind } from '../units/index.ts';

/** Where a command writes. Results go to stdout, everything else to stderr. */
export interface Terminal {
  /** Results. */
  out(text: string): void;
  /** Progress, notes and errors, one line. */
  say(line: string): void;
  readonly width: number;
  /** Colours in results. */
  readonly color: boolean;
  /** True where stderr is a terminal that can redraw its last line. */
  readonly live: boolean;
}

/** The process's own streams. Honours NO_COLOR and the width of the terminal. */
export function openTerminal(): Terminal {
  // A reader that went away (`| head`) is no error of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  return {
    out: (text) => void process.stdout.write(text),
    say: (line) => void process.stderr.write(`${line}\n`),
    width: process.stdout.columns ?? 100,
    color: process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined,
    live: process.stderr.isTTY === true && process.env['CI'] === undefined,
  };
}

/** Prints an error as what, where and what to do; returns the exit code of its kind. */
export function explain(error: unknown, terminal: Terminal): number {
  if (error instanceof BenchError) {
    terminal.say(`meshbench: ${error.message} [${error.code}]`);
    if (error.hint !== undefined && error.hint !== '') terminal.say(`  → ${error.hint}`);
    return EXIT_CODE[error.kind];
  }
  terminal.say(`meshbench: internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  terminal.say('  → please report it, with the command line');
  return EXIT_CODE.internal;
}

/** The exit code of a kind of end. */
export function exitCode(kind: ExitKind): number {
  return EXIT_CODE[kind];
}
