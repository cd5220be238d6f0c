import type { Summary } from '../summary/index.ts';
import { own } from './own.ts';
import { visible } from './visible.ts';

/**
 * Which Envoys were measured and which filters they ran, one text each, from the fingerprint's `envoy.<version>.*` and
 * `filters.<sidecar>.<kind>`: `stock Envoy 1.40.0, no Istio sidecar`, `HTTP filters: router`. Empty without any.
 */
export function envoys({ fingerprint }: Summary): readonly string[] {
  const filters = filterLists(fingerprint);
  const plain = filters.length > 0 && !filters.some(({ lists }) => lists.flat().some((name) => name.includes('istio')));
  const builds = Object.entries(fingerprint).flatMap(([name, build]) => {
    const version = /^envoy\.(?<version>.+)\.build$/u.exec(name)?.groups?.['version'];
    if (version === undefined) return [];
    const source = own(fingerprint, `envoy.${version}.source`);
    return [`${kindOf(String(build), source)} ${visible(version, 40)}${plain ? ', no Istio sidecar' : ''}`];
  });
  return [...builds, ...filterTexts(filters)];
}

/** A build is `revision/version/Clean/RELEASE/TLS library`. */
function kindOf(build: string, source: unknown): string {
  if (source === 'given') return "a user's own Envoy";
  if (!build.includes('/RELEASE/')) return 'debug Envoy';
  return build.includes('/Clean/') ? 'stock Envoy' : 'patched Envoy';
}

/** The filters of one kind in a sidecar: one list, or several where variants differ. */
interface FilterLists {
  readonly sidecar: string;
  readonly kind: string;
  readonly lists: readonly (readonly string[])[];
}

const KINDS = [
  ['http', 'HTTP filters'],
  ['network', 'network filters'],
] as const;

function filterLists(fingerprint: Summary['fingerprint']): readonly FilterLists[] {
  return Object.entries(fingerprint).flatMap(([name, value]) => {
    const { sidecar, kind } = /^filters\.(?<sidecar>.+)\.(?<kind>http|network)$/u.exec(name)?.groups ?? {};
    if (sidecar === undefined || kind === undefined || typeof value !== 'string') return [];
    return [{ sidecar, kind, lists: value.split(' | ').map((list) => list.split(', ')) }];
  });
}

/** Sidecars with the same filters are told once, without their names where that is all of them. */
function filterTexts(filters: readonly FilterLists[]): readonly string[] {
  return KINDS.flatMap(([kind, title]) => {
    const sidecars = new Map<string, string[]>();
    for (const { sidecar, lists } of filters.filter((one) => one.kind === kind)) {
      const words = wordsOf(lists);
      sidecars.set(words, [...(sidecars.get(words) ?? []), sidecar]);
    }
    return [...sidecars].map(([words, names]) =>
      sidecars.size === 1 ? `${title}: ${words}` : `${title} of ${some(names)}: ${words}`,
    );
  });
}

/** `router`, or where variants differ `router, in some variants lua`. */
function wordsOf(lists: readonly (readonly string[])[]): string {
  const all = [...new Set(lists.flat())];
  const always = all.filter((name) => lists.every((list) => list.includes(name)));
  const sometimes = all.filter((name) => name !== 'none' && !always.includes(name));
  return [
    ...(always.length === 0 ? [] : [some(always)]),
    ...(sometimes.length === 0 ? [] : [`in some variants ${some(sometimes)}`]),
  ].join(', ');
}

/** Names that are told one by one; the fingerprint has all. */
const MOST_NAMES = 8;

function some(names: readonly string[]): string {
  const told = names.slice(0, MOST_NAMES).map((name) => visible(name, 80));
  const rest = names.length - told.length;
  return `${told.join(', ')}${rest === 0 ? '' : ` and ${rest} more`}`;
}
