/** A place in a document: keys of mappings and indexes of lists, from the top. */
export type Path = readonly (string | number)[];

/** One mistake, by its place in the document; where that is in the file is found later. */
export interface Finding {
  readonly path: Path;
  /** Whether the key or its value is to be shown. */
  readonly at: 'key' | 'value';
  /** What is wrong and what would be right, as one clause that follows the path. */
  readonly message: string;
  /** What was probably meant. */
  readonly suggestion?: string | undefined;
  /** True where the place does not exist and should. */
  readonly missing?: boolean;
}

/** Prints a path as people write it: `events[0].pause`. */
export function printPath(path: Path): string {
  return path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`;
      return index === 0 ? step : `.${step}`;
    })
    .join('');
}

/** The value at a path, undefined where there is none. Follows own properties only. */
export function valueAt(value: unknown, path: Path): unknown {
  let current = value;
  for (const step of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, step)) return undefined;
    current = (current as Readonly<Record<string | number, unknown>>)[step];
  }
  return current;
}
