import { execFile } from 'node:child_process';
import http from 'node:http';
import type { ExecResult, HttpAnswer } from '../runtime.ts';

/** Runs a command to its end; one that takes longer than `timeoutMs` is killed, and its stderr says so. */
export function exec(argv: readonly string[], timeoutMs: number): Promise<ExecResult> {
  const [command = '', ...args] = argv;
  return new Promise((resolve) => {
    execFile(command, args, { timeout: timeoutMs, maxBuffer: 64e6, killSignal: 'SIGKILL' }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 255;
      const told = error !== null && typeof error.code === 'string' ? `${stderr}${error.message}` : stderr;
      resolve({ code, stdout, stderr: error?.killed ? `${told}\nkilled after ${timeoutMs} ms` : told });
    });
  });
}

/** One HTTP GET over a Unix socket. @throws Error where nobody answers in time. */
export function get(socketPath: string, url: string, timeoutMs: number): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const request = http.get({ socketPath, path: url, agent: false, timeout: timeoutMs }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      response.on('error', reject);
    });
    request.on('timeout', () => request.destroy(new Error(`no answer within ${timeoutMs} ms`)));
    request.on('error', reject);
  });
}

/** The stderr of a failed command says more than its exit code. */
export function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { stderr } = error as Error & { stderr?: Buffer | string };
  return [error.message.split('\n')[0], String(stderr ?? '').trim()].filter((part) => part !== '').join(': ');
}
