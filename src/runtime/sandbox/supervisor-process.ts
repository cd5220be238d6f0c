import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { realpathSync } from 'node:fs';
import readline from 'node:readline';
import { BenchError } from '../../units/index.ts';
import type { WorldOptions } from '../runtime.ts';
import {
  COVERED,
  type RequestName,
  type Requests,
  type SupervisorMessage,
  type SupervisorOptions,
} from './messages.ts';

const SUPERVISOR_PROGRAM = new URL('./supervisor.js', import.meta.url).pathname;
/** Namespaces and mounts take 50 ms; a machine that needs this long is in trouble. */
const START_TIMEOUT_MS = 20_000;

type Notice = Extract<SupervisorMessage, { notice: 'line' | 'exit' }>;
type FirstWord = Extract<SupervisorMessage, { notice: 'up' | 'broken' }>;

/** The supervisor as seen from outside its namespaces: requests go in, answers and notices come out. */
export class Supervisor {
  readonly closed: Promise<{ readonly reason: string }>;
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  private readonly onNotice: (notice: Notice) => void;
  private readonly firstWord: Promise<FirstWord>;
  private speak: (word: FirstWord) => void = () => undefined;
  private stderr = '';
  private nextId = 0;
  private gone: string | undefined;

  constructor(options: WorldOptions, onNotice: (notice: Notice) => void) {
    this.onNotice = onNotice;
    this.firstWord = new Promise((resolve) => {
      this.speak = resolve;
    });
    const [command = '', ...args] = [...unshareCommand(), process.execPath, SUPERVISOR_PROGRAM, argument(options)];
    // A session of its own: Ctrl-C at the terminal reaches the command line alone, which then ends this in order.
    this.child = spawn('taskset', ['--cpu-list', options.harnessCpus.join(','), command, ...args], {
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    });
    this.child.stdin.on('error', () => undefined);
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.stderr = (this.stderr + text).slice(-8192);
    });
    readline.createInterface({ input: this.child.stdout }).on('line', (line) => this.heard(line));
    this.closed = new Promise((resolve) => {
      this.child.once('error', (error) => this.lost(error.message, resolve));
      this.child.once('close', (code, signal) => this.lost(this.obituary(code, signal), resolve));
    });
  }

  /** Asks the supervisor. @throws BenchError component when it refuses or is gone. */
  ask<N extends RequestName>(name: N, args: Requests[N]['args']): Promise<Requests[N]['result']> {
    if (this.gone !== undefined) return Promise.reject(sandboxGone(this.gone));
    const id = this.nextId;
    this.nextId += 1;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve: (result) => resolve(result as Requests[N]['result']), reject });
      this.child.stdin.write(`${JSON.stringify({ id, do: name, args })}\n`);
    });
  }

  /** Waits until the namespaces stand. @throws BenchError preflight with what the machine said. */
  async up(): Promise<void> {
    const late = new Promise<{ reason: string }>((resolve) => {
      setTimeout(() => resolve({ reason: `nothing heard for ${START_TIMEOUT_MS / 1000} s` }), START_TIMEOUT_MS).unref();
    });
    const first = await Promise.race([this.firstWord, this.closed, late]);
    if ('notice' in first && first.notice === 'up') return;
    await this.end();
    throw new BenchError(
      'preflight',
      'SANDBOX_REFUSED',
      `the sandbox cannot start: ${'reason' in first ? first.reason : ''}`,
      {
        hint: 'run `meshbench doctor`: it names what this machine forbids and the remedies',
      },
    );
  }

  /** Closes the pipe: the supervisor ends, and with it everything in its namespaces. */
  async end(): Promise<void> {
    this.child.stdin.end();
    const force = setTimeout(() => this.child.kill('SIGKILL'), 5000);
    await this.closed;
    clearTimeout(force);
  }

  private heard(line: string): void {
    const message = JSON.parse(line) as SupervisorMessage;
    if ('notice' in message) {
      if (message.notice === 'up' || message.notice === 'broken') this.speak(message);
      else this.onNotice(message);
      return;
    }
    const waiting = this.waiting.get(message.answer);
    this.waiting.delete(message.answer);
    if ('error' in message) waiting?.reject(new BenchError('component', 'SANDBOX_FAILED', message.error));
    else waiting?.resolve(message.result);
  }

  private lost(reason: string, resolve: (value: { reason: string }) => void): void {
    this.gone = reason;
    for (const { reject } of this.waiting.values()) reject(sandboxGone(reason));
    this.waiting.clear();
    resolve({ reason });
  }

  private obituary(code: number | null, signal: string | null): string {
    const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
    return [`the sandbox ended with ${how}`, this.stderr.trim()].filter((part) => part !== '').join(': ');
  }
}

/** The pid namespace dies with its first process, which dies with unshare, whatever kills either. */
function unshareCommand(): string[] {
  const asUser = process.geteuid?.() === 0 ? [] : ['--user', '--map-root-user'];
  return [
    'unshare',
    ...asUser,
    '--net',
    '--mount',
    '--pid',
    '--ipc',
    '--uts',
    '--fork',
    '--kill-child',
    '--mount-proc',
  ];
}

function argument(options: WorldOptions): string {
  const covered = (file: string): boolean => COVERED.some((folder) => file.startsWith(`${folder}/`));
  const real = options.readable.map((file) => realpathSync(file));
  const wanted = [...new Set([...options.readable, ...real])].filter(covered);
  // What lies within a folder that comes back comes back with it.
  const readable = wanted.filter((file) => !wanted.some((other) => file.startsWith(`${other}/`)));
  return JSON.stringify({ readable } satisfies SupervisorOptions);
}

function sandboxGone(reason: string): BenchError {
  return new BenchError('component', 'SANDBOX_GONE', reason, { hint: 'what was measured is kept in the record' });
}
