import type { Intercept, MeshHost } from '../mesh/index.ts';
import type { Host } from '../runtime/index.ts';
import { fromSeconds } from '../units/index.ts';
import { succeeded } from './must-succeed.ts';

/** A packet rule as `iptables-save` prints it, and what matched it. */
export interface CountedRule {
  readonly table: string;
  readonly rule: string;
  readonly packets: number;
  readonly bytes: number;
}

const HINT = 'run `meshbench doctor`: it says which packet rules this kernel has';
/** Of one rule, or of reading all. */
const TIMEOUT = fromSeconds(10);

/** Installs a host's packet rules, in order. @throws BenchError component where the kernel refuses one. */
export async function installRules({ rules }: Pick<MeshHost, 'rules'>, host: Host): Promise<void> {
  if (rules.length > 0) await administer(host, rules);
}

/** All rules of some tables with their counters. */
export async function countRules(host: Host, tables: readonly Intercept['table'][]): Promise<readonly CountedRule[]> {
  const printed = await administer(
    host,
    tables.map((table) => ['iptables-save', '-c', '-t', table]),
  );
  return tables.flatMap((table, index) => parseRules(table, printed[index] ?? ''));
}

/** What the commands printed. @throws BenchError component with the words of the first that failed. */
async function administer(host: Host, commands: readonly (readonly string[])[]): Promise<readonly string[]> {
  const results = await host.administer(commands, TIMEOUT);
  results.forEach((result, index) => void succeeded(host, commands[index] ?? [], result, HINT));
  return results.map(({ stdout }) => stdout);
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
