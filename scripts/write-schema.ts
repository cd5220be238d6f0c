import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { scenarioJsonSchema } from '../src/scenario/json-schema.ts';
import { insertTables, referenceTables } from '../src/scenario/reference.ts';

/** Root of the checkout: the nearest folder above this file that holds the linter's configuration. */
function findRoot(folder: string): string {
  if (existsSync(join(folder, 'biome.json'))) return folder;
  if (dirname(folder) === folder) throw new Error('run this from inside the checkout');
  return findRoot(dirname(folder));
}

const root = findRoot(import.meta.dirname);
const docs = join(root, 'docs', 'scenarios.md');
await writeFile(join(root, 'schema', 'scenario.schema.json'), `${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`);
await writeFile(docs, insertTables(await readFile(docs, 'utf8'), referenceTables()));
