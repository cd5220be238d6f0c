import type { ChildProcess } from 'node:child_process';
import { execFile } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import http from 'node:http';
import net from 'node:net';
import readline from 'node:readline';
import { monotonicNow, settleHeap } from '../../metrics/index.ts';
import type { ExecResult, HttpAnswer } from '../runtime.ts';
import { startChild } from './child.ts';
import type { RequestMessage, RequestName, Requests, SupervisorMessage, SupervisorOptions } from './messages.ts';
import { addHost, inHost, removeHost } from './network.ts';
import { type Observed, observe } from './observer.ts';
import { prepareNamespaces } from './prepare.ts';

/**
 * The first process of the sandbox's PID namespace. When it ends, for whatever reason, the kernel ends everything
 * else in there and takes the namespaces down; it ends when the command line's pipe closes.
 */
const output = new net.Socket({ fd: 1, readable: false, writable: true });
output.on('error', () => process.exit(0));

function say(message: SupervisorMessage): void {
  output.write(`${JSON.stringify(message)}\n`);
}

/** A file of so many characters leaves garbage that is worth a word to the collector. */
const LARGE_FILE = 1e6;
const SETTLE_MS = 100;

const children = new Map<string, { readonly process: ChildProcess; readonly cpuStat: string | undefined }>();
const folders = new Map<string, string>();
let hosts = 0;

type Handlers = { readonly [N in RequestName]: (args: Requests[N]['args']) => Promise<Requests[N]['result']> };

const handlers: Handlers = {
  host: async ({ name, address, folder, sysctls }) => {
    addHost(name, hosts, address, sysctls);
    hosts += 1;
    mkdirSync(folder, { recursive: true });
    folders.set(name, folder);
    return null;
  },
  dropHost: async ({ host }) => {
    await Promise.all(
      [...children].filter(([name]) => name.startsWith(`${host}.`)).map(([, child]) => end(child.process)),
    );
    removeHost(host);
    rmSync(folders.get(host) ?? '', { recursive: true, force: true });
    folders.delete(host);
    return null;
  },
  start: async ({ host, spec, group }) => {
    const name = `${host}.${spec.name}`;
    const child = startChild({ host, group }, spec, {
      line: (line) => say({ notice: 'line', process: name, line }),
      exit: (exit) => {
        if (children.get(name)?.process === child) children.delete(name);
        say({ notice: 'exit', process: name, exit });
      },
    });
    children.set(name, { process: child, cpuStat: group?.stat });
    return { pid: child.pid ?? 0 };
  },
  send: async ({ process: name, line }) => {
    children.get(name)?.process.stdin?.write(`${line}\n`);
    return null;
  },
  signal: async ({ process: name, signal }) => {
    const at = monotonicNow();
    children.get(name)?.process.kill(signal);
    return at;
  },
  exec: ({ host, argv, timeoutMs }) => exec([...inHost(host), ...argv], timeoutMs),
  writeFile: async ({ path, content }) => {
    await writeFile(path, content, { mode: 0o600 });
    // Not at once: the message that it came in is still held.
    if (content.length > LARGE_FILE) setTimeout(settleHeap, SETTLE_MS).unref();
    return null;
  },
  readFile: ({ path }) => readFile(path, 'utf8'),
  get: ({ socket, url, timeoutMs }) => get(socket, url, timeoutMs),
  observe: (request) => observe(request, observed),
};

function observed(): ReadonlyMap<string, Observed> {
  const known = new Map<string, Observed>([['harness', { pid: process.pid, cpuStat: undefined }]]);
  for (const [name, { process: child, cpuStat }] of children) {
    if (child.pid !== undefined) known.set(name, { pid: child.pid, cpuStat });
  }
  return known;
}

function end(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    child.once('close', () => resolve());
    child.kill('SIGKILL');
  });
}

function exec(argv: readonly string[], timeoutMs: number): Promise<ExecResult> {
  const [command = '', ...args] = argv;
  return new Promise((resolve) => {
    execFile(command, args, { timeout: timeoutMs, maxBuffer: 64e6, killSignal: 'SIGKILL' }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 255;
      resolve({ code, stdout, stderr: error?.killed ? `${stderr}\nkilled after ${timeoutMs} ms` : stderr });
    });
  });
}

function get(socketPath: string, url: string, timeoutMs: number): Promise<HttpAnswer> {
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

async function handle<N extends RequestName>(message: RequestMessage<N>): Promise<void> {
  try {
    say({ answer: message.id, result: await handlers[message.do](message.args) });
  } catch (error) {
    say({ answer: message.id, error: describe(error) });
  }
}

/** The stderr of a failed command says more than its exit code. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { stderr } = error as Error & { stderr?: Buffer | string };
  return [error.message.split('\n')[0], String(stderr ?? '').trim()].filter((part) => part !== '').join(': ');
}

const requests = readline.createInterface({ input: process.stdin });
requests.on('line', (line) => void handle(JSON.parse(line) as RequestMessage));
requests.on('close', () => process.exit(0));

try {
  const options = JSON.parse(process.argv[2] ?? '{}') as SupervisorOptions;
  process.chdir('/');
  prepareNamespaces(options.readable);
  say({ notice: 'up' });
} catch (error) {
  say({ notice: 'broken', reason: describe(error) });
}
