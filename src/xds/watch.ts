import type { DialectName, DiscoveryRequest } from './dialect.ts';
import { changes, difference, EMPTY, type Resource, type ResourceMap } from './resources.ts';
import { isWildcard, type Kind } from './types.ts';

/** What an answer of one kind holds. */
export interface Content {
  readonly resources: ResourceMap | readonly Resource[];
  readonly removed: readonly string[];
}

const NO_NAMES: readonly string[] = [];

/** One kind of resources on one stream: what is wanted, and what was sent. */
export class Watch {
  readonly kind: Kind;
  private readonly dialect: DialectName;
  /** `all` where everything of the map is wanted: kept as one word, since thousands of sidecars want thousands of names. */
  private names: ReadonlySet<string> | 'all';
  private sent: ResourceMap = EMPTY;
  private asked = false;
  /** Asked for, and not told yet. */
  private readonly owed = new Set<string>();

  constructor(kind: Kind, dialect: DialectName) {
    this.kind = kind;
    this.dialect = dialect;
    this.names = isWildcard(kind) ? 'all' : new Set();
  }

  /**
   * Takes what a request wants; with what it is to be answered from the map, undefined where with nothing. Names that are
   * withheld are owed, and told by the next update. What is further there is for who asks for it by name.
   */
  request(
    request: DiscoveryRequest,
    map: ResourceMap,
    withheld: Pick<ReadonlySet<string>, 'has'>,
    further: ResourceMap = EMPTY,
  ): Content | undefined {
    const first = !this.asked;
    this.asked = true;
    if (isWildcard(this.kind))
      return first ? this.everything(request, map, further) : this.named(request, map, further);
    const fresh = this.dialect === 'sotw' ? this.replaceNames(request.names) : this.addNames(request);
    if (!first && fresh.length === 0) return undefined;
    const late = fresh.filter((name) => withheld.has(name));
    for (const name of late) this.owed.add(name);
    if (late.length > 0 && late.length === fresh.length) return undefined;
    const changed = this.sent === map ? NO_NAMES : this.wanted(difference(this.sent, map).changed);
    const all = this.dialect === 'sotw' ? this.everyName(map) : [...new Set([...fresh, ...changed])];
    const named = all.filter((name) => !withheld.has(name) || map.has(name));
    this.sent = map;
    this.compact(map);
    if (this.names === 'all' && named.length === map.size && request.known.size === 0)
      return { resources: map, removed: [] };
    const removed = this.dialect === 'delta' ? named.filter((name) => !map.has(name)) : NO_NAMES;
    return { resources: unknown(pick(named, map), request.known), removed };
  }

  /** What is to be told now that the map is another; undefined for nothing. `again` are names that are sent in any case. */
  update(map: ResourceMap, again: readonly string[]): Content | undefined {
    const before = this.sent;
    const { changed, removed } = difference(before, map);
    const told = this.wanted([...new Set([...changed, ...again])]).filter(
      (name) => isWildcard(this.kind) || before.has(name) || this.owed.has(name),
    );
    for (const name of told) this.owed.delete(name);
    const gone = isWildcard(this.kind) ? removed : NO_NAMES;
    this.sent = map;
    if (told.length === 0 && gone.length === 0) return undefined;
    // State of the world: clusters and listeners that an answer does not hold are gone.
    if (this.dialect === 'sotw' && isWildcard(this.kind)) return { resources: map, removed: [] };
    const isAll = again.length === 0 && told.length === changed.length;
    return { resources: isAll ? changes(before, map) : pick(told, map), removed: gone };
  }

  /** What is asked for on demand, or that it is not there. */
  private named({ names }: DiscoveryRequest, map: ResourceMap, further: ResourceMap): Content | undefined {
    const asked = this.dialect === 'delta' ? names.filter((name) => name !== '*') : NO_NAMES;
    if (asked.length === 0) return undefined;
    const missing = asked.filter((name) => !map.has(name) && !further.has(name));
    return { resources: asked.flatMap((name) => map.get(name) ?? further.get(name) ?? []), removed: missing };
  }

  private everything({ known }: DiscoveryRequest, map: ResourceMap, further: ResourceMap): Content {
    this.sent = map;
    if (known.size === 0) return { resources: map, removed: [] };
    const removed = [...known.keys()].filter((name) => !map.has(name) && !further.has(name));
    return { resources: unknown([...map.values()], known), removed };
  }

  private replaceNames(names: readonly string[]): readonly string[] {
    const before = this.names === 'all' ? this.sent : this.names;
    this.names = new Set(names);
    return names.filter((name) => !before.has(name));
  }

  private addNames({ names, unsubscribed }: DiscoveryRequest): readonly string[] {
    if (names.length > 0 || unsubscribed.length > 0) {
      const wanted = new Set(this.names === 'all' ? this.sent.keys() : this.names);
      for (const name of unsubscribed) wanted.delete(name);
      for (const name of names) wanted.add(name);
      this.names = wanted;
    }
    return names;
  }

  private everyName(map: ResourceMap): readonly string[] {
    return this.names === 'all' ? [...map.keys()] : [...this.names];
  }

  private compact(map: ResourceMap): void {
    const { names } = this;
    if (names !== 'all' && names.size === map.size && [...names].every((name) => map.has(name))) this.names = 'all';
  }

  private wanted(names: readonly string[]): readonly string[] {
    const own = this.names;
    return own === 'all' ? names : names.filter((name) => own.has(name));
  }
}

function pick(names: readonly string[], map: ResourceMap): readonly Resource[] {
  return names.flatMap((name) => map.get(name) ?? []);
}

function unknown(resources: readonly Resource[], known: ReadonlyMap<string, string>): readonly Resource[] {
  return known.size === 0 ? resources : resources.filter(({ name, version }) => known.get(name) !== version);
}
