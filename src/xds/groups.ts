import type { Node } from './node.ts';

/** What a group of sidecars is made of, and never divides. */
export type RolloutUnit = 'sidecar' | 'service' | 'namespace' | 'cluster';

/** Sidecars that are told together. */
export interface Group<T> {
  /** The names of its units, in order. */
  readonly units: readonly string[];
  readonly members: readonly T[];
}

/**
 * Divides sidecars into groups of whole units, in the order of their names: into so many as even as can be, or by what share
 * of all units each group brings it to. A share brings one unit at least where there are any left.
 * @throws RangeError for less than one group.
 */
export function divide<T extends { readonly node: Node }>(
  all: readonly T[],
  groups: number | readonly number[],
  by: RolloutUnit = 'sidecar',
): readonly Group<T>[] {
  const shares = typeof groups === 'number' ? evenShares(groups) : groups;
  if (shares.length === 0) throw new RangeError('a push goes to one group at least');
  const ordered = all.toSorted((one, other) => (one.node.id < other.node.id ? -1 : 1));
  const units = [...new Set(ordered.map(({ node }) => unitOf(node, by)))].toSorted();
  const ends = shares.map((share) => unitsWithin(share, units.length));
  return ends.map((end, index) => {
    const own = units.slice(ends[index - 1] ?? 0, end);
    return { units: own, members: ordered.filter(({ node }) => own.includes(unitOf(node, by))) };
  });
}

/** How many of so many units a share brings told, in whole ones. */
export function unitsWithin(share: number, units: number): number {
  // A share that was divided may come out a little above what it is of.
  return Math.ceil(share * units - 1e-9);
}

export function evenShares(groups: number): readonly number[] {
  return Array.from({ length: groups }, (_, index) => (index + 1) / groups);
}

function unitOf(node: Node, by: RolloutUnit): string {
  switch (by) {
    case 'sidecar':
      return node.id;
    case 'service':
      return `${node.namespace}/${node.labels['app'] ?? ''}`;
    case 'namespace':
      return node.namespace;
    case 'cluster':
      return node.cluster;
  }
}
