import { cp, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ROOT } from '../support/root.ts';

interface Dependencies {
  wantedStamp(root: string): string;
}

/** The launcher's own modules are CommonJS without types. */
const { wantedStamp } = createRequire(join(ROOT, 'package.json'))('./scripts/launch/dependencies.cjs') as Dependencies;

const FILES = ['package.json', 'package-lock.json', 'tsconfig.json', '.npmrc', '.gitignore', 'bin'];

const MAIN = `export async function main(argv: readonly string[]): Promise<number> {
  process.stdout.write(JSON.stringify(argv));
  return 0;
}
`;

/**
 * A small checkout below `folder`: the real launcher before a command line that prints its words.
 * Its packages are those of this checkout where `linked`, else they are still to be installed.
 */
export async function smallCheckout(folder: string, { linked }: { linked: boolean }): Promise<string> {
  const root = join(folder, 'checkout');
  await mkdir(join(root, 'src', 'cli'), { recursive: true });
  for (const file of FILES) await cp(join(ROOT, file), join(root, file), { recursive: true });
  await cp(join(ROOT, 'scripts'), join(root, 'scripts'), { recursive: true, filter: (path) => !path.endsWith('.ts') });
  await writeFile(join(root, 'src', 'cli', 'main.ts'), MAIN);
  if (linked) await linkPackages(root);
  return root;
}

/** Links the packages one by one: nothing that happens to the checkout's folder reaches ours. */
async function linkPackages(root: string): Promise<void> {
  const folder = join(root, 'node_modules');
  await mkdir(folder);
  for (const name of await readdir(join(ROOT, 'node_modules'))) {
    if (name !== '.meshbench-stamp') await symlink(join(ROOT, 'node_modules', name), join(folder, name));
  }
  await writeFile(join(folder, '.meshbench-stamp'), wantedStamp(root));
}
