import { spawn } from 'node:child_process';
import path from 'node:path';
import type { Readable } from 'node:stream';

const OPTIONS = [
  ...['--dereference', '--hard-dereference', '--no-recursion'],
  ...['--owner=0', '--group=0', '--numeric-owner', '--mode=u+rwX,go+rX,go-w', '--mtime=@0'],
  ...['--directory=/', '--null', '--files-from=-'],
];

/**
 * Hands on a tar of files of this machine, below `prefix`: contents instead of links, everybody may read. Where it is refused
 * half-way, as by a full disk, what still writes it and what still waits for it end, which would keep this process alive.
 */
export async function withTar<T>(
  files: readonly string[],
  prefix: string,
  take: (tar: Readable) => Promise<T>,
): Promise<T> {
  const moved = prefix === '' ? [] : [`--transform=s,^,${prefix.slice(1)}/,`];
  const { stdin, stdout } = spawn('tar', ['--create', ...OPTIONS, ...moved], { stdio: ['pipe', 'pipe', 'ignore'] });
  for (const stream of [stdin, stdout]) stream.on('error', () => undefined);
  // Names are given relative to the root.
  stdin.end([...foldersOf(files), ...files].map((file) => `${file.slice(1)}\0`).join(''));
  try {
    return await take(stdout);
  } catch (cause) {
    stdout.destroy(cause instanceof Error ? cause : new Error(String(cause)));
    throw cause;
  }
}

/** The folders in which files lie, outermost first: those of a user's home may be closed to others on this machine. */
function foldersOf(files: readonly string[]): readonly string[] {
  const folders = new Set<string>();
  for (const file of files) {
    for (let folder = path.dirname(file); folder !== '/'; folder = path.dirname(folder)) folders.add(folder);
  }
  return [...folders].sort();
}
