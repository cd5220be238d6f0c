import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** How a command ended. A command that could not be started has code 127, as a shell says it. */
export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  /** Both streams in the order in which they were read: what to show when it failed. */
  readonly output: string;
}

export interface CommandOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly timeoutMs?: number;
}

/** Runs a command to its end, without a shell and without input. */
export function runCommand(argv: readonly [string, ...string[]], options: CommandOptions = {}): Promise<CommandResult> {
  const [program, ...args] = argv;
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    // Node's own time-out would hold the process where the command could not even be started.
    const late = options.timeoutMs && setTimeout(() => child.kill('SIGKILL'), options.timeoutMs);
    const end = (code: number, said: string): void => {
      clearTimeout(late);
      resolve({ code, stdout, output: said });
    };
    let stdout = '';
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.on('error', (error) => end(127, output + error.message));
    child.on('close', (code) => end(code ?? 1, output));
  });
}

/** The last lines of what a command printed, for an error message. */
export function lastLines(output: string, count: number): string {
  return output.trimEnd().split('\n').slice(-count).join('\n');
}

/** Where a command is, by the PATH; undefined where it is not. */
export async function findCommand(name: string): Promise<string | undefined> {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const folder of folders) {
    const path = join(folder, name);
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  return undefined;
}
