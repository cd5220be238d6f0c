import { type ChildProcess, spawn } from 'node:child_process';
import readline from 'node:readline';
import type { ProcessExit, ProcessSpec } from '../runtime.ts';
import { inHost } from './network.ts';

/** How much of a process's stderr is kept for its obituary. */
const STDERR_BYTES = 8192;

export interface ChildEvents {
  line(line: string): void;
  exit(exit: ProcessExit): void;
}

/** Starts a process in a host: in its network, on its processors, with its priority. */
export function startChild(host: string, spec: ProcessSpec, events: ChildEvents): ChildProcess {
  const [command = '', ...args] = [...inHost(host), ...scheduling(spec), ...spec.argv];
  const child = spawn(command, args, {
    cwd: '/',
    env: { PATH: process.env['PATH'], ...spec.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-STDERR_BYTES);
  });
  const lines = readline.createInterface({ input: child.stdout, crlfDelay: Number.POSITIVE_INFINITY });
  lines.on('line', (line) => events.line(line));
  // The other end may be gone before what was written to it: its exit says so.
  child.stdin.on('error', () => undefined);
  child.once('error', (error) => events.exit({ code: null, signal: null, stderr: error.message }));
  child.once('close', (code, signal) => events.exit({ code, signal, stderr: stderr.trim() }));
  return child;
}

/** Prefix commands that replace themselves by the next, so that the child's id stays the process's own. */
function scheduling(spec: ProcessSpec): string[] {
  const pinned = ['taskset', '--cpu-list', spec.cpus.join(',')];
  return spec.nice === 0 ? pinned : [...pinned, 'nice', '-n', String(spec.nice)];
}
