import type { ConfigurationSummary, Summary } from '../../summary/index.ts';
import { plain, seconds, size, time } from '../figures.ts';
import { type Cell, numbers, type Table, value, words } from '../table.ts';
import { rowsOf } from '../variants.ts';
import { crowdTable } from './crowd.ts';
import { istiodTable } from './istiod.ts';

/** All that is told of configuring sidecars, the most important first; tables of what was not there have no rows. */
export function configurationTables(summary: Summary): readonly Table[] {
  return [configurationTable(summary), crowdTable(summary), istiodTable(summary)];
}

/** What configuring the sidecars took, by variant. Without rows where no control plane did. */
function configurationTable(summary: Summary): Table {
  return {
    caption: `What configuring a sidecar took: medians over trials, of the sidecar that took the most. The control plane’s own processor time and memory are those when it was ready${hasCrowd(summary) ? ', and the light clients beside it' : ''}.`,
    columns: [
      words('Variant'),
      numbers('Time until ready', { short: 'Ready' }),
      numbers('CPU until ready', { short: 'CPU' }),
      numbers('RSS when ready', { short: 'RSS' }),
      numbers('Clusters'),
      numbers('Listeners', { extra: true }),
      numbers('Resources', { extra: true }),
      numbers('Sent', { extra: true }),
      numbers('Control plane CPU', { short: 'Server CPU' }),
      numbers('Control plane RSS', { short: 'Server RSS' }),
      numbers('Encoding', { extra: true }),
    ],
    rows: rowsOf(summary, ({ configuration }) => configuration, cells),
  };
}

function hasCrowd({ variants }: Summary): boolean {
  return variants.some(({ configuration }) => configuration?.crowd !== undefined);
}

function cells({ server, reasons, ...sidecar }: ConfigurationSummary): readonly Cell[] {
  return [
    value(sidecar.readyNs, time, reasons, 'readyNs'),
    value(sidecar.cpuSeconds, seconds, reasons, 'cpuSeconds'),
    value(sidecar.rssBytes, size, reasons, 'rssBytes'),
    value(sidecar.clusters, plain, reasons, 'clusters'),
    value(sidecar.listeners, plain, reasons, 'listeners'),
    value(sidecar.resources, plain, reasons, 'resources'),
    value(sidecar.bytes, size, reasons, 'bytes'),
    value(server.cpuSeconds, seconds, 'not sampled'),
    value(server.rssBytes, size, 'not sampled'),
    value(server.encodeNs, time, 'not told'),
  ];
}
