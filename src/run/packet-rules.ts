import type { Intercept, MeshHost } from '../mesh/index.ts';
import type { Host } from '../runtime/index.ts';
import { mustSucceed } from './must-succeed.ts';

/** A packet rule as `iptables-save` prints it, and what matched it. */
export interface CountedRule {
  readonly table: string;
  readonly rule: string;
  readonly packets: number;
  readonly bytes: number;
}

const HINT = 'run `meshbench doctor`: it says which packet rules this kernel has';

/** Installs a host's packet rules, in order. @throws BenchError component where the kernel refuses one. */
export async function installRules({ rules }: MeshHost, host: Host): Promise<void> {
  for (const rule of rules) await mustSucceed(host, rule, HINT);
}

/** All rules of some tables with their counters. */
export async function countRules(host: Host, tables: readonly Intercept['table'][]): Promise<readonly CountedRule[]> {
  const printed = tables.map(async (table) => {
    return parseRules(table, await mustSucceed(host, ['iptables-save', '-c', '-t', table], HINT));
  });
  return (await Promise.all(printed)).flat();
}

/** Reads what `iptables-save -c` prints: `[packets:bytes] -A CHAIN …`. */
export function parseRules(table: string, text: string): readonly CountedRule[] {
  return [...text.matchAll(/^\[(\d+):(\d+)\] (-A .*)$/gmu)].map(([, packets, bytes, rule]) => ({
    table,
    rule: (rule ?? '').trimEnd(),
    packets: Number(packets),
    bytes: Number(bytes),
  }));
}
