import type { Summary, VariantSummary } from '../../summary/index.ts';
import { type Table, words } from '../table.ts';
import { nameOf } from '../variants.ts';
import { visible } from '../visible.ts';

/** Deepest nesting that is taken apart; what lies deeper is printed as JSON. */
const DEEPEST = 3;

/** Settings that all variants share. */
export function sharedSettingsTable(summary: Summary): Table {
  return {
    caption: 'Settings that all variants share',
    columns: [words('Setting'), words('Value')],
    rows: [...shared(summary)].map(([path, setting]) => [{ text: path }, { text: setting }]),
  };
}

/** What a variant sets that not all of them do. */
export function ownSettingsTable(summary: Summary, variant: VariantSummary): Table {
  const common = shared(summary);
  return {
    caption: `Settings of ${nameOf(variant)} that not all variants share`,
    columns: [words('Setting'), words('Value')],
    rows: [...flatten(variant)]
      .filter(([path, setting]) => common.get(path) !== setting)
      .map(([path, setting]) => [{ text: path }, { text: setting }]),
  };
}

/** A setting of all variants by its path, for example `load.duration`; undefined where they differ or have none. */
export function sharedSetting(summary: Summary, path: string): string | undefined {
  return shared(summary).get(path);
}

function shared(summary: Summary): ReadonlyMap<string, string> {
  const [first, ...others] = summary.variants.map(flatten);
  return new Map([...(first ?? [])].filter(([path, setting]) => others.every((other) => other.get(path) === setting)));
}

/** Settings by path, each printed as the scenario would write it. */
function flatten(variant: VariantSummary): ReadonlyMap<string, string> {
  const flat = new Map<string, string>();
  collect(flat, '', variant.settings, DEEPEST);
  return flat;
}

function collect(flat: Map<string, string>, path: string, setting: unknown, deeper: number): void {
  if (deeper > 0 && isRecord(setting)) {
    for (const [key, inner] of Object.entries(setting)) {
      collect(flat, path === '' ? visible(key, 60) : `${path}.${visible(key, 60)}`, inner, deeper - 1);
    }
    return;
  }
  flat.set(path, visible(typeof setting === 'string' ? setting : (JSON.stringify(setting) ?? 'not set'), 300));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
