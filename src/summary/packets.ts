import { median } from '../stats/index.ts';
import type { Reading } from './reading.ts';
import type { PacketRule, VariantSummary } from './summary.ts';

/** Packet rules by host, in the order of the first trial that had them, with the medians of their counters over trials. */
export function packetsOver(readings: readonly Reading[]): VariantSummary['packets'] {
  const counted = new Map<string, Map<string, PacketRule[]>>();
  for (const { trial } of readings) {
    for (const [host, rules] of Object.entries(trial.packets ?? {})) {
      const known = counted.get(host) ?? new Map<string, PacketRule[]>();
      counted.set(host, known);
      for (const [key, rule] of numbered(rules)) known.set(key, [...(known.get(key) ?? []), rule]);
    }
  }
  return Object.fromEntries([...counted].map(([host, rules]) => [host, [...rules.values()].flatMap(overTrials)]));
}

/** Rules by what they say; where a host has the same one twice, each keeps its own counters. */
function numbered(rules: readonly PacketRule[]): readonly (readonly [string, PacketRule])[] {
  return rules.map((rule, at) => {
    const before = rules.slice(0, at).filter((other) => other.table === rule.table && other.rule === rule.rule);
    return [`${rule.table} ${before.length} ${rule.rule}`, rule];
  });
}

function overTrials(trials: readonly PacketRule[]): readonly PacketRule[] {
  const [first] = trials;
  if (first === undefined) return [];
  const over = (count: (rule: PacketRule) => number): number => median(trials.map(count)) ?? 0;
  return [{ ...first, packets: over(({ packets }) => packets), bytes: over(({ bytes }) => bytes) }];
}
