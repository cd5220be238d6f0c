import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BenchError, bytes, formatBytes } from '../units/index.ts';
import { cacheFolder } from './cache.ts';
import { lastLines, runCommand } from './command.ts';
import { sayingProgress } from './folder-size.ts';
import { readStamp, sha256Of, writeStamp } from './identity.ts';
import { alone } from './lock.ts';

/** The Node that agents run on, whatever Node the user has: results must not depend on that one. */
export const AGENT_NODE_VERSION = '26.10.0';

/** SHA-256 of the npm packages node-linux-<architecture> and of the Node in each, which is the Node project's own. */
const PACKAGES: Readonly<Partial<Record<NodeJS.Architecture, Readonly<Record<'tarball' | 'program', string>>>>> = {
  x64: {
    tarball: '69af90f5643f09d464e25e2b361b94ddcbeb6bdac2320b79f504733c388d5276',
    program: 'ab9c8eecf9f82d6693cdc3accced17034065c8d96213b0aa76a7e803d20ae1da',
  },
  arm64: {
    tarball: '29bc0298f7b936a1a293c5a7663abcbc41c49a8962816f56f35e218d0b1d2161',
    program: '71b004f18a82f3ea8f26109798564a12e5e4c7989a4c35b93851830b5815dd03',
  },
};
const TARBALL_BYTES = bytes(57_400_000);
const NPM_TIMEOUT_MS = 300_000;
const ANSWER_TIMEOUT_MS = 10_000;

/** The Node that runs agents. */
export interface AgentNode {
  readonly path: string;
  /** As Node says it: v26.10.0; null of one that was named, which nobody has asked. */
  readonly version: string | null;
  /** `pinned`: the one above. `given`: named by AGENT_NODE. `own`: the harness's, since the pinned one is not there. */
  readonly source: 'pinned' | 'given' | 'own';
}

/** The Node that runs agents from now on: the one that AGENT_NODE names, else the pinned one if it was fetched, else ours. */
export function agentNode(env: NodeJS.ProcessEnv = process.env): AgentNode {
  const given = env['AGENT_NODE'];
  if (given) return { path: given, version: given === process.execPath ? process.version : null, source: 'given' };
  const path = join(folderOf(cacheFolder(env)), 'node');
  if (existsSync(path)) return { path, version: `v${AGENT_NODE_VERSION}`, source: 'pinned' };
  return { path: process.execPath, version: process.version, source: 'own' };
}

/**
 * Sees that agents have the pinned Node: verified in the cache, or fetched into it by npm. What keeps it away is said and no
 * error, since agents run on the user's Node as well; only content that is not the pinned one is refused.
 * @throws BenchError preflight
 */
export async function prepareAgentNode(say: (line: string) => void, env = process.env): Promise<void> {
  const pinned = PACKAGES[process.arch];
  if (env['AGENT_NODE']) return refuseUnlessNode(env['AGENT_NODE']);
  if (pinned === undefined) return;
  const cache = cacheFolder(env);
  if (await isVerified(folderOf(cache), pinned.program)) return;
  const waiting = (): void => say('another set-up fetches Node for the agents, waiting for it');
  await alone(`node ${cache}`, waiting, async () => {
    if (await isVerified(folderOf(cache), pinned.program)) return;
    const reason = await fetchNode(cache, pinned, say, env);
    if (reason !== undefined)
      say(`no Node ${AGENT_NODE_VERSION} for the agents, they run on ${process.version}: ${reason}`);
  });
}

/** What a result that was measured without the pinned Node must say of itself. */
export function agentNodeNotes({ source, version, path }: AgentNode): readonly string[] {
  if (source === 'pinned') return [];
  const which = source === 'given' ? `${path}, which AGENT_NODE names` : `Node ${version}`;
  return [`the agents ran on ${which}, not on the pinned Node ${AGENT_NODE_VERSION}: other runs may differ for that`];
}

async function refuseUnlessNode(path: string): Promise<void> {
  const { stdout, output } = await runCommand([path, '--version'], { timeoutMs: ANSWER_TIMEOUT_MS });
  if (/^v\d+\.\d+\.\d+$/u.test(stdout.trim())) return;
  throw new BenchError(
    'preflight',
    'NOT_A_NODE',
    `${path}, which AGENT_NODE names, is no Node: ${lastLines(output, 2)}`,
    {
      hint: 'name the program itself, or leave AGENT_NODE out to use the pinned one',
    },
  );
}

function folderOf(cache: string): string {
  return join(cache, 'node', `${AGENT_NODE_VERSION}-${process.arch}`);
}

async function isVerified(folder: string, sha256: string): Promise<boolean> {
  const program = join(folder, 'node');
  if (!existsSync(program)) return false;
  const stampFile = join(folder, 'stamp.json');
  if ((await readStamp(program, stampFile))?.sha256 === sha256) return true;
  const found = await sha256Of(program);
  if (found !== sha256) {
    throw new BenchError(
      'preflight',
      'NODE_HASH_MISMATCH',
      `${program} is not the Node that is pinned here and was not executed: its SHA-256 is ${found}, the pinned one ${sha256}`,
      { hint: `find out what changed it; then remove ${folder}, and the next run fetches it again` },
    );
  }
  await writeStamp(program, stampFile, { sha256, build: `v${AGENT_NODE_VERSION}` });
  return true;
}

/** Fetches, verifies, tries, and moves it into its place in one step. Resolves with what was in the way, if something was. */
async function fetchNode(
  cache: string,
  pinned: Readonly<Record<'tarball' | 'program', string>>,
  say: (line: string) => void,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const name = `node-linux-${process.arch}`;
  await mkdir(join(cache, 'node'), { recursive: true });
  const temporary = await mkdtemp(join(cache, 'node', '.fetching-'));
  try {
    say(
      `downloading Node ${AGENT_NODE_VERSION} for the agents, ${formatBytes(TARBALL_BYTES)} (the package ${name}, by npm)`,
    );
    const packed = await sayingProgress(temporary, TARBALL_BYTES, say, () => pack(name, temporary, env));
    if (packed.code !== 0) return lastLines(packed.output, 3);
    const tarball = join(temporary, `${name}-${AGENT_NODE_VERSION}.tgz`);
    if ((await sha256Of(tarball)) !== pinned.tarball) return 'what npm fetched is not the package that is pinned here';
    const ready = join(temporary, 'ready');
    await mkdir(ready);
    const only = ['--strip-components=2', 'package/bin/node'];
    const untar = await runCommand([
      'tar',
      '--extract',
      '--gzip',
      '--no-same-owner',
      '-f',
      tarball,
      '-C',
      ready,
      ...only,
    ]);
    if (untar.code !== 0) return lastLines(untar.output, 3);
    if (!(await isVerified(ready, pinned.program))) return 'the package holds no Node';
    const answer = await runCommand([join(ready, 'node'), '--version'], { timeoutMs: ANSWER_TIMEOUT_MS });
    if (answer.stdout.trim() !== `v${AGENT_NODE_VERSION}`)
      return `it does not run here: ${lastLines(answer.output, 2)}`;
    await rename(ready, folderOf(cache));
    return undefined;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** In our folder, so that no project's configuration is in the way; spelt out, since a command line wins over it. */
function pack(name: string, folder: string, env: NodeJS.ProcessEnv): ReturnType<typeof runCommand> {
  const options = [
    '--ignore-scripts',
    '--dry-run=false',
    '--json=false',
    '--loglevel=error',
    '--pack-destination',
    folder,
  ];
  return runCommand(['npm', 'pack', `${name}@${AGENT_NODE_VERSION}`, ...options], { timeoutMs: NPM_TIMEOUT_MS, env });
}
