import type { ExecResult, Host } from '../runtime/index.ts';
import { BenchError, fromSeconds } from '../units/index.ts';

/** Of what is short and runs once. */
const TIMEOUT = fromSeconds(10);

/**
 * Runs a command in a host and returns what it printed.
 * @throws BenchError component with its words and the hint when it fails.
 */
export async function mustSucceed(host: Host, argv: readonly string[], hint: string): Promise<string> {
  return succeeded(host, argv, await host.exec(argv, TIMEOUT), hint);
}

/** What a command printed. @throws BenchError component with its words and the hint where it failed. */
export function succeeded(host: Host, argv: readonly string[], result: ExecResult, hint: string): string {
  const { code, stdout, stderr } = result;
  if (code === 0) return stdout;
  const message = `${host.name}: \`${argv.join(' ')}\` failed: ${stderr.trim() || `exit code ${code}`}`;
  throw new BenchError('component', 'COMMAND_FAILED', message, { hint });
}
