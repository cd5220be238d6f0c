import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The checkout that these tests belong to: the nearest folder above the compiled test that has a biome.json. */
export const ROOT: string = (function find(folder: string): string {
  if (existsSync(join(folder, 'biome.json'))) return folder;
  const parent = dirname(folder);
  return parent === folder ? process.cwd() : find(parent);
})(import.meta.dirname);

/** Whether the counts of `npm run test:all` were asked for. */
export const FULL: boolean = process.env['MESHBENCH_TEST_COUNTS'] === 'full';
