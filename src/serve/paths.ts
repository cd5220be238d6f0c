import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';

/** Parts of a path that a request may name: nothing hidden, nothing that leads up, nothing that a file system takes apart. */
const PART = /^[^./\\\0][^/\\\0]{0,254}$/u;
/** Deepest folder below reports/ that holds a file of ours. */
const DEEPEST = 8;

/** Files that are shown, and as what; whatever else stands there is not. */
const TYPES: ReadonlyMap<string, string> = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ...['.json', '.jsonl', '.md', '.csv', '.txt', '.hlog', '.prom', '.rules', '.xml'].map(
    (extension) => [extension, 'text/plain; charset=utf-8'] as const,
  ),
]);

/** A file that may be shown. */
export interface ShownFile {
  readonly file: string;
  readonly type: string;
  readonly bytes: number;
}

/** The parts of a path below reports/ as a request names it; undefined where it may not be asked for. */
export function partsOf(asked: string): readonly string[] | undefined {
  const parts = asked.split('/').map(decoded);
  const isFine = parts.length <= DEEPEST && parts.every((part) => part !== undefined && PART.test(part));
  return isFine ? parts.filter((part) => part !== undefined) : undefined;
}

/** The folder of a run that is asked for as `<scenario>/<run>`; undefined where there is none. */
export async function runFolder(root: string, id: string): Promise<string | undefined> {
  const parts = partsOf(id);
  if (parts?.length !== 2) return undefined;
  const folder = await within(root, parts);
  const record =
    folder === undefined ? undefined : await stat(path.join(folder, 'record.jsonl')).catch(() => undefined);
  return record?.isFile() === true ? folder : undefined;
}

/** The file below `root` that a request names; undefined where there is none that may be shown. */
export async function shownFile(root: string, asked: string): Promise<ShownFile | undefined> {
  const parts = partsOf(asked);
  const type = TYPES.get(path.extname(parts?.at(-1) ?? ''));
  if (parts === undefined || type === undefined) return undefined;
  const file = await within(root, parts);
  const found = file === undefined ? undefined : await stat(file).catch(() => undefined);
  return file !== undefined && found?.isFile() === true ? { file, type, bytes: found.size } : undefined;
}

/** Where the parts really lead, links resolved; undefined where that is not below `root`. */
async function within(root: string, parts: readonly string[]): Promise<string | undefined> {
  try {
    const [top, found] = await Promise.all([realpath(root), realpath(path.join(root, ...parts))]);
    return found.startsWith(`${top}${path.sep}`) ? found : undefined;
  } catch {
    return undefined;
  }
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
