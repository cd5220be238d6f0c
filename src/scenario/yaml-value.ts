import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from 'yaml';
import type { Finding, Path } from './finding.ts';

/** Stands for a value that cannot be known, for example of an alias. It fails every schema and converts to anything. */
const UNKNOWN = Number.NaN;

/** Levels of mappings and lists; the schema has no more than eight. */
const DEEPEST = 20;

/** Keys that reach into JavaScript's objects: with a `toString` that is no function even comparing one throws. */
const FORBIDDEN = new Set([...Object.getOwnPropertyNames(Object.prototype), 'prototype']);

/** Offsets in the text. */
export interface Span {
  readonly key: readonly [number, number] | undefined;
  readonly value: readonly [number, number];
}

/** What a YAML tree says as plain data, where each part of it stands, and what in it is not allowed. */
export interface Converted {
  readonly value: unknown;
  /** By {@link pathKey}. */
  readonly spans: ReadonlyMap<string, Span>;
  /** Paths whose value cannot be known. */
  readonly unknown: readonly Path[];
  /** Mappings that left out a key. */
  readonly incomplete: readonly Path[];
  readonly findings: readonly (Finding & { readonly offset: number })[];
}

/** A path as a key of a map. */
export function pathKey(path: Path): string {
  return JSON.stringify(path);
}

/**
 * Turns a YAML tree into plain data by hand instead of by the library, so that what a scenario does not need cannot
 * do harm: aliases, tags, merge keys, keys that are not text.
 */
export function convert(root: Node | null): Converted {
  const conversion = new Conversion();
  const value = root === null ? null : conversion.node(root, []);
  const { spans, unknown, incomplete, findings } = conversion;
  return { value, spans, unknown, incomplete, findings };
}

class Conversion {
  readonly spans = new Map<string, Span>();
  readonly unknown: Path[] = [];
  readonly incomplete: Path[] = [];
  readonly findings: (Finding & { offset: number })[] = [];
  #anchors = false;

  node(node: Node, path: Path): unknown {
    const range = node.range ?? [0, 0, 0];
    if (path.length === 0) this.spans.set(pathKey(path), { key: undefined, value: [range[0], range[1]] });
    if (isAlias(node) || node.anchor !== undefined) this.anchor(range[0], path);
    if (isAlias(node)) return this.hole(path);
    if (node.tag !== undefined) return this.refuse(range[0], path, 'has a tag; tags (!) are not read here');
    if (isScalar(node)) return typeof node.value === 'bigint' ? String(node.value) : node.value;
    if (path.length >= DEEPEST) return this.refuse(range[0], path, 'is nested too deep');
    if (isSeq(node)) return node.items.map((item, index) => this.item(item, [...path, index], range[0]));
    return isMap(node) ? this.map(node, path) : this.refuse(range[0], path, 'cannot be read');
  }

  private item(item: unknown, path: Path, fallback: number): unknown {
    const node = item as Node;
    const start = node.range?.[0] ?? fallback;
    this.spans.set(pathKey(path), { key: undefined, value: [start, node.range?.[1] ?? start] });
    return this.node(node, path);
  }

  private map(map: YAMLMap, path: Path): Record<string, unknown> {
    const result: Record<string, unknown> = {};
    for (const pair of map.items as Pair<Node | null, Node | null>[]) {
      const key = this.key(pair, path, map.range?.[0] ?? 0);
      if (key === undefined) continue;
      const child = [...path, key];
      const keyRange = pair.key?.range ?? map.range ?? [0, 0, 0];
      const valueRange = pair.value?.range ?? [keyRange[0], keyRange[1], keyRange[1]];
      if (Object.hasOwn(result, key)) {
        const message = 'is written twice; keep one';
        this.findings.push({ path: child, at: 'key', message, offset: keyRange[0] });
        continue;
      }
      this.spans.set(pathKey(child), {
        key: [keyRange[0], keyRange[1]],
        value: [valueRange[0], valueRange[1]],
      });
      result[key] = pair.value === null ? null : this.node(pair.value, child);
    }
    return result;
  }

  /** The key as text; undefined where it is refused, and then the pair is left out. */
  private key(pair: Pair<Node | null, Node | null>, path: Path, fallback: number): string | undefined {
    const offset = pair.key?.range?.[0] ?? pair.value?.range?.[0] ?? fallback;
    const refuse = (message: string): undefined => {
      this.findings.push({ path, at: 'value', message, offset });
      this.incomplete.push(path);
    };
    if (!isScalar(pair.key) || pair.key.value === null) return refuse('has a key that is not text');
    const key = pair.key.source ?? String(pair.key.value);
    if (pair.key.tag !== undefined || pair.key.anchor !== undefined) return refuse('has a key with a tag or an anchor');
    if (key === '<<') return refuse('has a merge key (<<); write the fields out, or put them into the base');
    if (FORBIDDEN.has(key)) return refuse(`has the key "${key}", which is not allowed anywhere`);
    return key;
  }

  /** Said once: a bomb has thousands. */
  private anchor(offset: number, path: Path): void {
    const message = 'has an anchor or an alias (& or *), which are not read here; write the value out';
    if (!this.#anchors) this.findings.push({ path, at: 'value', message, offset });
    this.#anchors = true;
  }

  private refuse(offset: number, path: Path, message: string): number {
    this.findings.push({ path, at: 'value', message, offset });
    return this.hole(path);
  }

  private hole(path: Path): number {
    this.unknown.push(path);
    return UNKNOWN;
  }
}
