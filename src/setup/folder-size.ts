import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Bytes, bytes, formatBytes } from '../units/index.ts';

/** How often a download says how far it is. */
const INTERVAL_MS = 2000;

/** Bytes of all files below a folder; what vanishes while it is counted counts nothing. */
export async function folderSize(folder: string): Promise<Bytes> {
  const entries = await readdir(folder, { recursive: true }).catch(() => []);
  const sizes = await Promise.all(
    entries.map((entry) =>
      stat(join(folder, entry)).then(
        (file) => (file.isFile() ? file.size : 0),
        () => 0,
      ),
    ),
  );
  return bytes(sizes.reduce((sum, size) => sum + size, 0));
}

/** Says every two seconds how much of `total` has arrived in a folder, while `work` goes on and as long as it grows. */
export async function sayingProgress<T>(
  folder: string,
  total: Bytes,
  say: (line: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  let before = await folderSize(folder);
  const timer = setInterval(async () => {
    const size = await folderSize(folder);
    if (size > before) say(`  ${formatBytes(size)} of ${formatBytes(total)}`);
    before = size;
  }, INTERVAL_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
