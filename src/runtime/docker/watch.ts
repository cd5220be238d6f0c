import { spawn } from 'node:child_process';

const PROGRAM = new URL('./watcher/main.js', import.meta.url).pathname;

/** The process that cleans up after this one, should it be killed. */
export interface Watcher {
  readonly pid: number;
  /** Lets it end without a deed. */
  release(): Promise<void>;
  /** Leaves it to do what it is for, in its own time. */
  alarm(): void;
}

/** Starts the watcher of a run, in a session of its own: what is sent to ours by the terminal does not reach it. */
export function startWatcher(socketPath: string, run: string, cpus: readonly number[]): Watcher {
  const args = ['--cpu-list', cpus.join(','), process.execPath, '--max-old-space-size=64', PROGRAM, socketPath, run];
  const child = spawn('taskset', args, { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  child.stdin.on('error', () => undefined);
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    child.once('error', () => resolve());
  });
  child.unref();
  return {
    pid: child.pid ?? 0,
    release: () => {
      child.stdin.end('released\n');
      return ended;
    },
    alarm: () => void child.stdin.end(),
  };
}
