import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { commandOf, folderOf, RIVALS, type Rival, versionOf } from './generators/rivals.ts';

/**
 * Installs the load generators that ours is compared with, each at its pinned version, into the cache; Debian's by apt, as
 * root. Each is optional: what cannot be installed is named with its reason. Go and cargo build for minutes.
 * Usage: npm run rivals [-- name...]
 */
const asked = process.argv.slice(2);
for (const rival of RIVALS.filter(({ name }) => asked.length === 0 || asked.includes(name))) {
  const problem = commandOf(rival) === undefined ? install(rival) : undefined;
  const state = problem === undefined ? versionOf(rival) : `not here, because ${problem}`;
  process.stdout.write(`${rival.name.padEnd(12)}${state}\n`);
}

/** Resolves with what was in the way, if something was. */
function install(rival: Rival): string | undefined {
  const folder = folderOf(rival);
  const [program, ...args] = rival.install(folder);
  process.stdout.write(`${rival.name.padEnd(12)}${[program, ...args].join(' ')}\n`);
  if (rival.version !== undefined) mkdirSync(folder, { recursive: true });
  const { error, status, stderr } = spawnSync(program, args, {
    env: { ...process.env, ...rival.env?.(folder) },
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  if (error !== undefined) return `${program} cannot be started (${error.message})`;
  if (status !== 0) return `${program} failed: ${stderr.trim().split('\n').at(-1)}`;
  return commandOf(rival) === undefined ? `${program} left no program` : undefined;
}
