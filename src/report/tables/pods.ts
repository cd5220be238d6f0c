import type { Summary, VariantSummary } from '../../summary/index.ts';
import { millis, percent, size } from '../figures.ts';
import { own } from '../own.ts';
import { type Cell, numbers, type Table, value, words } from '../table.ts';
import { variantCell } from '../variants.ts';
import { visible } from '../visible.ts';
import { isMeasuring } from '../words.ts';

/**
 * What each sidecar takes of its pod: its host's processor time and memory. Without rows where no sidecar has an application
 * beside it, of whose pod it could take a share.
 */
export function podsTable(summary: Summary): Table {
  return {
    caption: 'What a sidecar takes of its pod: medians over trials',
    columns: [
      words('Variant'),
      words('Sidecar'),
      numbers('CPU per 1,000 requests'),
      numbers('Share of the pod’s CPU'),
      numbers('Memory (RSS)'),
      numbers('Share of the pod’s memory'),
    ],
    rows: summary.variants.some((variant) => sidecarsOf(variant).some((sidecar) => !isBesideLoad(variant, sidecar)))
      ? summary.variants.flatMap((variant) => sidecarsOf(variant).map((sidecar) => row(variant, sidecar)))
      : [],
  };
}

function sidecarsOf({ cpu }: VariantSummary): readonly string[] {
  return Object.keys(cpu.components).filter((name) => name.endsWith('.envoy') && !isMeasuring(name));
}

/** The components of a sidecar's host. */
function podOf({ cpu }: VariantSummary, sidecar: string): readonly string[] {
  const host = sidecar.slice(0, sidecar.indexOf('.') + 1);
  return Object.keys(cpu.components).filter((name) => name.startsWith(host));
}

/** The load is no application: it has no pod. */
function isBesideLoad(variant: VariantSummary, sidecar: string): boolean {
  return podOf(variant, sidecar).some(isMeasuring);
}

function row(variant: VariantSummary, sidecar: string): readonly Cell[] {
  const { cpu, memory } = variant;
  const costs = own(cpu.components, sidecar)?.cpuMsPer1k ?? null;
  const rssBytes = own(memory.components, sidecar)?.rssBytes ?? null;
  const used = (name: string): number | null => own(cpu.components, name)?.coreSeconds ?? null;
  const held = (name: string): number | null => own(memory.components, name)?.rssBytes ?? null;
  return [
    variantCell(variant),
    { text: visible(sidecar, 80) },
    value(costs, millis, cpu.reasons, 'cpuMsPer1k'),
    share(variant, sidecar, used),
    value(rssBytes, size, 'not sampled'),
    share(variant, sidecar, held),
  ];
}

/** The sidecar's part of all that its host's processes took; none beside the load, which is no application. */
function share(variant: VariantSummary, sidecar: string, taken: (component: string) => number | null): Cell {
  if (isBesideLoad(variant, sidecar))
    return { text: '–', note: 'the other process of this pod is the load, which is no application' };
  const whole = podOf(variant, sidecar).reduce((sum, name) => sum + (taken(name) ?? 0), 0);
  return value(whole === 0 ? null : (taken(sidecar) ?? 0) / whole, percent, 'not sampled');
}
