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

async function hasPip(python: string): Promise<boolean> {
  return (await runCommand([python, '-m', 'pip', '--version'], { timeoutMs: PROBE_TIMEOUT_MS })).code === 0;
}
