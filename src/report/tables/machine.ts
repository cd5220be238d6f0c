import type { Summary } from '../../summary/index.ts';
import { count, instant, plain } from '../figures.ts';
import { type Cell, type Table, words } from '../table.ts';
import { visible } from '../visible.ts';

/** What the results depend on, as the record's header names it. */
export function fingerprintTable(summary: Summary): Table {
  return {
    caption: 'Fingerprint: results with another one are not comparable',
    columns: [words('Property'), words('Value')],
    rows: Object.entries(summary.fingerprint).map(([name, property]) => [
      { text: visible(name, 80) },
      printed(property),
    ]),
  };
}

function printed(property: string | number | boolean | null): Cell {
  if (property === null) return { text: '–', note: 'could not be read on this machine' };
  if (typeof property === 'boolean') return { text: property ? 'yes' : 'no' };
  return { text: typeof property === 'number' ? plain(property) : visible(property, 500) };
}

/** Which run this is and how it went, to find it again. */
export function runTable(summary: Summary): Table {
  const { planned, measured, incomplete } = summary.blocks;
  const rows: readonly (readonly [string, string])[] = [
    ['Scenario', visible(summary.scenario, 80)],
    ['Run', visible(summary.runId, 80)],
    ['Plan', visible(summary.planHash, 80)],
    ['Seed', String(summary.seed)],
    ['Mode', summary.mode],
    ['meshbench', visible(summary.meshbench, 80)],
    ['Runtime', visible(summary.runtime, 80)],
    ['Started', instant(visible(summary.startedAt, 40))],
    ['Ended', summary.endedAt === null ? 'no closing line' : instant(visible(summary.endedAt, 40))],
    ['How it ended', summary.ended],
    ['Blocks', `${count(planned)} planned, ${count(measured)} measured, ${count(incomplete)} incomplete`],
    ['Trials', `${count(summary.trials.measured)} run, ${count(summary.trials.vetoed)} vetoed`],
  ];
  return {
    caption: 'This run',
    columns: [words('Property'), words('Value')],
    rows: rows.map((row) => row.map((text) => ({ text }))),
  };
}
