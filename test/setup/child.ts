import { spawn } from 'node:child_process';
import { mortal } from '../support/mortal.ts';

export interface ChildResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ChildOptions {
  readonly cwd?: string;
  /** Replaces the environment; undefined values are left out. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Called with the process once it runs. */
  readonly onStart?: (child: { kill(signal: NodeJS.Signals): boolean }) => void;
}

/** Runs a program to its end. */
export function runChild(argv: readonly string[], options: ChildOptions = {}): Promise<ChildResult> {
  const [program = '', ...args] = argv;
  return new Promise((resolve, reject) => {
    const child = mortal(
      spawn(program, args, {
        cwd: options.cwd,
        env: { ...(options.env ?? process.env) },
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    );
    options.onStart?.(child);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** The environment as a person's shell has it: without what an npm around the tests has set. */
export function plainEnvironment(extra: Readonly<Record<string, string>> = {}): Record<string, string | undefined> {
  const own = Object.entries(process.env).filter(([key]) => !/^(?:npm_|NODE_TEST)/iu.test(key));
  return { ...Object.fromEntries(own), ...extra };
}

/**
 * JavaScript that makes a Node process of root one of the user `nobody`. Done from within, since that user may not be
 * able to read the checkout or the Node that the tests run from.
 */
export const BECOME_ORDINARY =
  'if (process.getuid() === 0) { process.setgroups([]); process.setgid(65534); process.setuid(65534); }';

/** A Node program that imports a compiled module of src/setup as `it` and runs `body`; its output is one line of JSON. */
export function programWith(module: string, body: string): readonly string[] {
  const url = new URL(`../../src/setup/${module}`, import.meta.url).href;
  const source = `const it = await import(${JSON.stringify(url)}); const say = (line) => console.error(line);
    try { console.log(JSON.stringify(await (async () => { ${body} })() ?? null)); }
    catch (error) { console.log(JSON.stringify({ code: error.code, kind: error.kind, message: error.message, hint: error.hint })); }`;
  return [process.execPath, '--input-type=module', '-e', source];
}

/** What starts a command where no further namespace may be made: a user namespace has limits of its own, which its root may lower. */
export const WITHOUT_NAMESPACES = [
  ...['unshare', '--user', '--map-root-user', 'sh', '-c'],
  ...['echo 0 > /proc/sys/user/max_net_namespaces && exec "$@"', 'sh'],
];
