import { type ChildProcess, execFile, spawn } from 'node:child_process';
import readline from 'node:readline';
import { promisify } from 'node:util';
import { raiseSession } from '../autogroup.ts';
import type { ProcessExit, ProcessSpec } from '../runtime.ts';

/** How much of a process's stderr is kept for its obituary. */
const STDERR_BYTES = 8192;

export interface ChildEvents {
  line(line: string): void;
  exit(exit: ProcessExit): void;
}

/** Starts a process behind `before`, words that replace themselves by it, on its processors and with its priority. */
export function startChild(before: readonly string[], spec: ProcessSpec, events: ChildEvents): ChildProcess {
  const [command = '', ...args] = [...before, ...prefix(spec), ...spec.argv];
  const child = spawn(command, args, {
    cwd: '/',
    env: { PATH: process.env['PATH'], ...spec.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    // Among other sessions only a session has a weight.
    detached: spec.nice < 0,
  });
  if (spec.nice < 0 && child.pid !== undefined) raiseSession(child.pid, spec.nice);
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
function prefix(spec: ProcessSpec): string[] {
  return [
    ...['taskset', '--cpu-list', spec.cpus.join(',')],
    ...(spec.nice === 0 ? [] : ['nice', '-n', String(spec.nice)]),
    ...SCHEDULERS[spec.scheduling],
    ...(spec.uid === undefined ? [] : asUser(spec.uid)),
  ];
}

const SCHEDULERS: Readonly<Record<ProcessSpec['scheduling'], readonly string[]>> = {
  normal: [],
  realtime: ['chrt', '--rr', '5'],
  idle: ['chrt', '--idle', '0'],
};

/** Puts one thread to normal priority, the main one where it is a process's id; one that has ended meanwhile is none of ours. */
export async function putThreadBack(tid: number): Promise<void> {
  await promisify(execFile)('chrt', ['--other', '--pid', '0', String(tid)]).catch(() => undefined);
}

/** Another user loses all capabilities; transparent sockets and marks need this one, and ambient it outlives the exec. */
function asUser(uid: number): string[] {
  const kept = ['--inh-caps=-all,+net_admin', '--ambient-caps=-all,+net_admin'];
  return ['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups', ...kept];
}
