import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { LIMIT_MS, mortal } from './mortal.ts';
import { ROOT } from './root.ts';

/** How a command line ended, and what it printed. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts bin/meshbench as a person would. `ended` rejects with what it said where it did not end in time. */
export function start(...args: readonly string[]): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
  const child = mortal(
    spawn(path.join(ROOT, 'bin/meshbench'), args, {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1' },
    }),
  );
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    const late = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`meshbench ${args.join(' ')} did not end within ${LIMIT_MS} ms: ${stdout}${stderr}`));
    }, LIMIT_MS);
    child.once('close', (code) => {
      clearTimeout(late);
      resolve({ code, stdout, stderr });
    });
  });
  // A test that failed before does not wait for it.
  ended.catch(() => undefined);
  return { child, ended };
}

/** Runs bin/meshbench to its end. */
export function meshbench(...args: readonly string[]): Promise<Ended> {
  return start(...args).ended;
}

/** A folder that goes away with the test. */
export class Scratch implements Disposable {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'meshbench-test-'));

  /** Writes a scenario and returns its path. */
  scenario(name: string, yaml: string): string {
    const file = path.join(this.folder, `${name}.yaml`);
    writeFileSync(file, yaml);
    return file;
  }

  /** Runs a scenario's file below {@link folder}: one short block, each trial of which is kept. */
  quick(file: string, ...flags: readonly string[]): Promise<Ended> {
    return this.startQuick(file, ...flags).ended;
  }

  startQuick(file: string, ...flags: readonly string[]): ReturnType<typeof start> {
    return start('run', file, '--quick', '--trials', '1', '--out', this.folder, ...flags);
  }

  /** The folder of the only run of a scenario below {@link folder}. */
  run(name: string): string {
    const [only] = readdirSync(path.join(this.folder, name)).filter((entry) => entry !== 'latest');
    return path.join(this.folder, name, only ?? '');
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
