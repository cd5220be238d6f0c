import { filtersOf, type Mesh } from '../mesh/index.ts';

/** What a sidecar starts with names none then. */
const SENT = 'those that the control plane sends';

/**
 * The filters of every sidecar, by `filters.<sidecar>.<kind>`: as its configuration names them, in their order. Where
 * variants differ there are several lists, in the order of the variants, with ` | ` between them.
 */
export function filterFields(meshes: Iterable<Pick<Mesh, 'hosts'>>): Record<string, string> {
  const lists = new Map<string, Set<string>>();
  for (const { name, sidecar } of [...meshes].flatMap(({ hosts }) => hosts)) {
    if (sidecar === undefined) continue;
    for (const [kind, filters] of Object.entries(filtersOf(sidecar.bootstrap))) {
      const field = `filters.${name}.envoy.${kind}`;
      const known = lists.get(field) ?? new Set<string>();
      const none = sidecar.dynamic ? SENT : 'none';
      lists.set(field, known.add(filters.length === 0 ? none : filters.join(', ')));
    }
  }
  return Object.fromEntries([...lists].map(([field, known]) => [field, [...known].join(' | ')]));
}
