import type { Summary, VariantSummary } from '../../summary/index.ts';
import { figure, percent } from '../figures.ts';
import { own } from '../own.ts';
import { type Cell, numbers, type Table, value, words } from '../table.ts';
import { nameOf } from '../variants.ts';
import { visible } from '../visible.ts';
import { isMeasuring } from '../words.ts';

/** What each sidecar takes of its pod: its host's processor time and memory. Without rows where there is no sidecar. */
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
    rows: summary.variants.flatMap((variant) =>
      Object.keys(variant.cpu.components)
        .filter((name) => name.endsWith('.envoy') && !isMeasuring(name))
        .map((sidecar) => row(variant, sidecar)),
    ),
  };
}

function row(variant: VariantSummary, sidecar: string): readonly Cell[] {
  const { cpu, memory } = variant;
  const costs = own(cpu.components, sidecar)?.cpuMsPer1k ?? null;
  const size = own(memory.components, sidecar)?.rssBytes ?? null;
  const used = (name: string): number | null => own(cpu.components, name)?.coreSeconds ?? null;
  const held = (name: string): number | null => own(memory.components, name)?.rssBytes ?? null;
  return [
    { text: nameOf(variant) },
    { text: visible(sidecar, 80) },
    value(costs, (ms) => figure(ms, 'ms'), cpu.reasons, 'cpuMsPer1k'),
    share(variant, sidecar, used),
    value(size, (bytes) => figure(bytes, 'B'), 'not sampled'),
    share(variant, sidecar, held),
  ];
}

/** The sidecar's part of all that its host's processes took; none beside the load, which is no application. */
function share({ cpu }: VariantSummary, sidecar: string, taken: (component: string) => number | null): Cell {
  const host = sidecar.slice(0, sidecar.indexOf('.') + 1);
  const pod = Object.keys(cpu.components).filter((name) => name.startsWith(host));
  if (pod.some(isMeasuring))
    return { text: '–', note: 'the other process of this pod is the load, which is no application' };
  const whole = pod.reduce((sum, name) => sum + (taken(name) ?? 0), 0);
  return value(whole === 0 ? null : (taken(sidecar) ?? 0) / whole, percent, 'not sampled');
}
