import { runCommand } from './command.ts';

/** How iptables works here: its version, and what of the kernel it speaks to. Null where it does not say. */
export interface Iptables {
  readonly version: string | null;
  readonly backend: 'nf_tables' | 'legacy' | null;
}

/** Reads what `iptables -V` prints: `iptables v1.8.9 (nf_tables)`; before 1.8 there was but one backend. */
export function parseIptables(text: string): Iptables {
  const [, version, backend] = /^iptables v(\S+)(?: \((nf_tables|legacy)\))?/u.exec(text) ?? [];
  if (version === undefined) return { version: null, backend: null };
  return { version, backend: backend === 'nf_tables' ? 'nf_tables' : 'legacy' };
}

/** What this machine's iptables is. */
export async function readIptables(): Promise<Iptables> {
  return parseIptables((await runCommand(['iptables', '-V'])).stdout);
}
