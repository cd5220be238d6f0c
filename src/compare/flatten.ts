/** Deepest nesting that is taken apart; what lies deeper is printed as JSON. */
const DEEPEST = 4;
/** Fields that are looked at, and characters that are kept of each: a record may hold anything. */
const MOST_FIELDS = 2000;
const LONGEST = 500;

/** Nested settings by path, each value as text. */
export function flatten(settings: unknown): ReadonlyMap<string, string> {
  const flat = new Map<string, string>();
  collect(flat, '', settings, DEEPEST);
  return flat;
}

function collect(flat: Map<string, string>, path: string, value: unknown, deeper: number): void {
  if (flat.size >= MOST_FIELDS) return;
  if (deeper > 0 && isRecord(value)) {
    for (const [key, inner] of Object.entries(value)) {
      collect(flat, path === '' ? key : `${path}.${key}`, inner, deeper - 1);
    }
    return;
  }
  flat.set(path.slice(0, LONGEST), textOf(value));
}

/** A value as one bounded text. */
export function textOf(value: unknown): string {
  return (typeof value === 'string' ? value : (JSON.stringify(value) ?? 'not set')).slice(0, LONGEST);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
