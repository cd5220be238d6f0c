import { isOfMachine } from '../record/index.ts';
import type { FieldDifference } from './comparison.ts';
import type { RunDigest, VariantDigest } from './digest.ts';
import { textOf } from './flatten.ts';

/** Differences that are told one by one. */
const MOST_DIFFERENCES = 500;

/** In what the machines and programs of the runs differ. */
export function fingerprintDifferences(runs: readonly RunDigest[]): readonly FieldDifference[] {
  return differing(
    runs.map(({ header }) => {
      return new Map(Object.entries(header.fingerprint).map(([field, value]) => [field, textOf(value)]));
    }),
  );
}

/** In what the plans differ: scenario, and settings of the variants that all runs have. */
export function planDifferences(runs: readonly RunDigest[], shared: readonly string[]): readonly FieldDifference[] {
  return differing(
    runs.map(({ header, mode, tolerance, variants }) => {
      const fields = new Map([
        ['scenario', header.scenario.name],
        ['mode', mode],
        ['tolerance', String(tolerance)],
      ]);
      for (const { name, settings } of variants.filter((variant) => shared.includes(variant.name))) {
        for (const [path, value] of settings) fields.set(`${name}: ${path}`, value);
      }
      return fields;
    }),
  );
}

function differing(runs: readonly ReadonlyMap<string, string>[]): readonly FieldDifference[] {
  const fields = new Set(runs.flatMap((run) => [...run.keys()]));
  return [...fields]
    .map((field) => ({ field, values: runs.map((run) => run.get(field) ?? null) }))
    .filter(({ values }) => new Set(values).size > 1)
    .slice(0, MOST_DIFFERENCES);
}

/** Why a run cannot be compared with the first, one clause each. Missing data makes runs not comparable. */
export function whyNotComparable(first: RunDigest, other: RunDigest): readonly string[] {
  const runtime =
    first.header.runtime === other.header.runtime
      ? []
      : [`its runtime is ${other.header.runtime} and not ${first.header.runtime}`];
  const machine = fingerprintDifferences([first, other])
    .filter(({ field }) => isOfMachine(field) && field !== 'runtime')
    .map(({ field, values: [one, its] }) => `${field} is ${its ?? 'not known'} and not ${one ?? 'known of the first'}`);
  const quick = [first, other].some(({ mode }) => mode === 'quick') ? ['a quick run concludes nothing'] : [];
  return [...runtime, ...machine, ...quick];
}

/** What a variant is asked, as a gate has it: the mesh and the application are what answers. */
const ASKED = /^(?:load\.|thrift\.|protocol$|events$)/u;

/** Fields of what is asked in which two variants of the same name differ: then nothing can be concluded. */
export function questionDifferences(one: VariantDigest, other: VariantDigest): readonly string[] {
  const fields = new Set([...one.settings.keys(), ...other.settings.keys()]);
  return [...fields].filter((field) => ASKED.test(field) && one.settings.get(field) !== other.settings.get(field));
}
