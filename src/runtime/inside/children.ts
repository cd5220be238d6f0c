import type { ChildProcess } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { monotonicNow, settleHeap } from '../../metrics/index.ts';
import type { ProcessSpec } from '../runtime.ts';
import { putThreadBack, startChild } from './child.ts';
import { get } from './commands.ts';
import type { Notice, ProcessRequests } from './messages.ts';
import type { Handlers } from './serve.ts';

/** A file of so many characters leaves garbage that is worth a word to the collector. */
const LARGE_FILE = 1e6;
const SETTLE_MS = 100;

/** The processes that an inner process started, by name. */
export class Children {
  private readonly running = new Map<string, ChildProcess>();
  private readonly say: (notice: Notice) => void;

  constructor(say: (notice: Notice) => void) {
    this.say = say;
  }

  /** Starts one behind some words that replace themselves by it. */
  start(name: string, before: readonly string[], spec: ProcessSpec): ChildProcess {
    const child = startChild(before, spec, {
      line: (line) => this.say({ notice: 'line', process: name, line }),
      exit: (exit) => {
        if (this.running.get(name) === child) this.running.delete(name);
        this.say({ notice: 'exit', process: name, exit });
      },
    });
    this.running.set(name, child);
    return child;
  }

  /** Kills those whose name begins so, and waits for their end. */
  async end(prefix: string): Promise<void> {
    await Promise.all([...this.running].filter(([name]) => name.startsWith(prefix)).map(([, child]) => kill(child)));
  }

  get(name: string): ChildProcess | undefined {
    return this.running.get(name);
  }

  /** What every inner process answers in the same way. */
  handlers(fileMode: number): Handlers<ProcessRequests> {
    return {
      send: async ({ process: name, line }) => {
        this.running.get(name)?.stdin?.write(`${line}\n`);
        return null;
      },
      signal: async ({ process: name, signal }) => {
        const at = monotonicNow();
        this.running.get(name)?.kill(signal);
        return at;
      },
      workersFirst: async ({ process: name }) => {
        const pid = this.running.get(name)?.pid;
        if (pid !== undefined) await putThreadBack(pid);
        return null;
      },
      writeFile: async ({ path, content }) => {
        await writeFile(path, content, { mode: fileMode });
        // Not at once: the message that it came in is still held.
        if (content.length > LARGE_FILE) setTimeout(settleHeap, SETTLE_MS).unref();
        return null;
      },
      readFile: ({ path }) => readFile(path, 'utf8'),
      get: ({ socket, url, timeoutMs }) => get(socket, url, timeoutMs),
    };
  }
}

function kill(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    child.once('close', () => resolve());
    child.kill('SIGKILL');
  });
}
