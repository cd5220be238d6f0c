import { cpuLimitOf, type Summary } from '../../summary/index.ts';
import { figure, percent, plain } from '../figures.ts';
import { type Cell, numbers, type Table, words } from '../table.ts';
import { variantCell } from '../variants.ts';
import { visible } from '../visible.ts';

/** How limits on processor time were felt, of every component that has one. Without rows where none has. */
export function throttledTable(summary: Summary): Table {
  return {
    caption: 'Limits on processor time and how they were felt: medians over trials',
    columns: [
      words('Variant'),
      words('Component'),
      numbers('Limit'),
      numbers('Periods throttled'),
      numbers('Held back for'),
    ],
    rows: summary.variants.flatMap((variant) => {
      const limit = cpuLimitOf(variant);
      return Object.entries(variant.cpu.components).flatMap(([component, { throttled }]): (readonly Cell[])[] => {
        if (throttled === undefined) return [];
        const known = component.endsWith('.envoy') ? limit : undefined;
        return [
          [
            variantCell(variant),
            { text: visible(component, 80) },
            known === undefined ? { text: '–', note: 'no setting of the scenario limits it' } : { text: cores(known) },
            { text: percent(throttled.periodsPercent / 100) },
            { text: figure(throttled.seconds * 1e9, 'ns') },
          ],
        ];
      });
    }),
  };
}

function cores(limit: number): string {
  return `${plain(limit)} ${limit === 1 ? 'core' : 'cores'}`;
}
