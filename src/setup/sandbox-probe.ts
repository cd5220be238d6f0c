import { BenchError } from '../units/index.ts';
import { type CommandResult, findCommand, lastLines, runCommand } from './command.ts';
import { readSandboxFacts } from './sandbox-facts.ts';
import { sandboxRemedies } from './sandbox-remedies.ts';

const TIMEOUT_MS = 10_000;

/** The namespaces that the sandbox is made of. */
const NAMESPACES = ['--net', '--mount', '--pid', '--ipc', '--uts', '--fork', '--kill-child', '--mount-proc'];
const AS_USER = ['--user', '--map-root-user'];

/** What the sandbox does first, in small. */
const PROBE = 'mount -t tmpfs tmpfs /dev/shm && ip link set lo up && ip link add probe0 type veth peer name probe1';

export type SandboxProbe =
  | { readonly ok: true }
  | { readonly ok: false; readonly problem: string; readonly remedies: readonly string[] };

/** Runs a command in namespaces of its own like the sandbox's. Nothing of it outlives the command. */
export function runInNamespaces(...argv: readonly string[]): Promise<CommandResult> {
  const asUser = process.geteuid?.() === 0 ? [] : AS_USER;
  return runCommand(['unshare', ...asUser, ...NAMESPACES, ...argv], { timeoutMs: TIMEOUT_MS });
}

/** Tries to make what the sandbox is made of, as the user that asks. */
export function probeSandbox(): Promise<SandboxProbe> {
  return probe(PROBE);
}

async function probe(script: string): Promise<SandboxProbe> {
  const { code, output } = await runInNamespaces('sh', '-c', script);
  if (code === 0) return { ok: true };
  const remedies = sandboxRemedies(await readSandboxFacts(), output);
  return { ok: false, problem: lastLines(output, 2) || `unshare ended with ${code}`, remedies };
}

/**
 * Refuses a machine that forbids namespaces, before anything is installed for them.
 * @throws BenchError preflight, with a remedy for each cause that shows
 */
export async function requireNamespaces(): Promise<void> {
  const isThere = (await findCommand('unshare')) !== undefined;
  if (isThere) refuse(await probe('true'));
}

/** @throws BenchError preflight, with a remedy for each cause that shows */
export async function requireSandbox(): Promise<void> {
  refuse(await probeSandbox());
}

function refuse(result: SandboxProbe): void {
  if (result.ok) return;
  throw new BenchError('preflight', 'NAMESPACES_FORBIDDEN', `this machine forbids the sandbox: ${result.problem}`, {
    hint: result.remedies.join('\n'),
  });
}
