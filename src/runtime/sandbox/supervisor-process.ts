import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { realpathSync } from 'node:fs';
import readline from 'node:readline';
import { BenchError } from '../../units/index.ts';
import { Dialogue } from '../inside/dialogue.ts';
import type { Notice } from '../inside/messages.ts';
import type { WorldOptions } from '../runtime.ts';
import { COVERED, type Requests, type SupervisorOptions } from './messages.ts';

/**
 * It shares the load's processor. V8's helper threads took that for whole scheduler ticks of 4 ms, amid a measurement, most
 * of all where the supervisor had nothing to do and its memory was tidied up.
 */
const NODE_FLAGS = ['--single-threaded', '--no-memory-reducer'] as const;
const SUPERVISOR_PROGRAM = new URL('./supervisor.js', import.meta.url).pathname;
/** Namespaces and mounts take 50 ms; a machine that needs this long is in trouble. */
const START_TIMEOUT_MS = 20_000;

/** The supervisor as seen from outside its namespaces: requests go in, answers and notices come out. */
export class Supervisor {
  readonly closed: Promise<{ readonly reason: string }>;
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly dialogue: Dialogue<Requests>;
  private stderr = '';

  constructor(options: WorldOptions, onNotice: (notice: Notice) => void) {
    const [command = '', ...args] = [
      ...unshareCommand(),
      process.execPath,
      ...NODE_FLAGS,
      SUPERVISOR_PROGRAM,
      argument(options),
    ];
    // A session of its own: Ctrl-C at the terminal reaches the command line alone, which then ends this in order.
    const child = spawn('taskset', ['--cpu-list', options.harnessCpus.join(','), command, ...args], {
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    });
    this.child = child;
    const wire = {
      write: (line: string) => void child.stdin.write(line),
      refused: 'SANDBOX_FAILED',
      gone: sandboxGone,
    };
    this.dialogue = new Dialogue(wire, onNotice);
    child.stdin.on('error', () => undefined);
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.stderr = (this.stderr + text).slice(-8192);
    });
    readline.createInterface({ input: child.stdout }).on('line', (line) => this.dialogue.heard(line));
    this.closed = new Promise((resolve) => {
      child.once('error', (error) => this.lost(error.message, resolve));
      child.once('close', (code, signal) => this.lost(this.obituary(code, signal), resolve));
    });
  }

  /** Asks the supervisor. @throws BenchError component when it refuses or is gone. */
  readonly ask: Dialogue<Requests>['ask'] = (name, args) => this.dialogue.ask(name, args);

  /** Waits until the namespaces stand. @throws BenchError preflight with what the machine said. */
  async up(): Promise<void> {
    const late = new Promise<{ reason: string }>((resolve) => {
      setTimeout(() => resolve({ reason: `nothing heard for ${START_TIMEOUT_MS / 1000} s` }), START_TIMEOUT_MS).unref();
    });
    const first = await Promise.race([this.dialogue.firstWord, this.closed, late]);
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

  private lost(reason: string, resolve: (value: { reason: string }) => void): void {
    this.dialogue.lost(reason);
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
