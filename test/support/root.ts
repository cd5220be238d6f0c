import { existsSync } from 'node:fs';
import path from 'node:path';

/** Root of the checkout, wherever the tests were built to. */
export const ROOT: string = find(import.meta.dirname) ?? process.cwd();

function find(from: string): string | undefined {
  for (let folder = from; folder !== path.dirname(folder); folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, 'biome.json'))) return folder;
  }
  return undefined;
}
