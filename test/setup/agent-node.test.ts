import assert from 'node:assert/strict';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { AGENT_NODE_VERSION, agentNode, agentNodeNotes, prepareAgentNode } from '../../src/setup/index.ts';
import { BenchError } from '../../src/units/index.ts';
import { temporaryFolder } from './folder.ts';

const silent = (): void => undefined;

test('agents run on the Node that is named, else on the pinned one, else on ours, and the latter two are told apart', async () => {
  await using folder = await temporaryFolder();
  const cache = folder.path;
  const env = { XDG_CACHE_HOME: cache };
  assert.deepEqual(agentNode({ ...env, AGENT_NODE: '/opt/node' }), {
    path: '/opt/node',
    version: null,
    source: 'given',
  });
  const own = agentNode(env);
  assert.deepEqual(own, { path: process.execPath, version: process.version, source: 'own' });
  assert.match(agentNodeNotes(own).join(), /not on the pinned Node/u);
  const program = await placeNode(cache, '');
  const pinned = agentNode(env);
  assert.deepEqual(pinned, { path: program, version: `v${AGENT_NODE_VERSION}`, source: 'pinned' });
  assert.deepEqual(agentNodeNotes(pinned), []);
});

test('a Node in the cache that is not the pinned one is refused', async () => {
  await using folder = await temporaryFolder();
  const cache = folder.path;
  await placeNode(cache, 'another');
  await assert.rejects(
    prepareAgentNode(silent, { XDG_CACHE_HOME: cache }),
    (error) => error instanceof BenchError && error.code === 'NODE_HASH_MISMATCH',
  );
});

test('what AGENT_NODE names must be a Node', async () => {
  await prepareAgentNode(silent, { AGENT_NODE: process.execPath });
  await assert.rejects(
    prepareAgentNode(silent, { AGENT_NODE: '/bin/true' }),
    (error) => error instanceof BenchError && error.code === 'NOT_A_NODE',
  );
});

test('where npm fails, the reason is said and agents run on the Node that is there', async () => {
  await using temporary = await temporaryFolder();
  const folder = temporary.path;
  const npm = path.join(folder, 'npm');
  await writeFile(npm, '#!/bin/sh\necho no network >&2\nexit 1\n');
  await chmod(npm, 0o755);
  const said: string[] = [];
  const env = { XDG_CACHE_HOME: path.join(folder, 'cache'), PATH: `${folder}:${process.env['PATH']}` };
  await prepareAgentNode((line) => said.push(line), env);
  assert.match(said.at(-1) ?? '', /no Node .* for the agents, they run on v.*no network/su);
  assert.equal(agentNode(env).source, 'own');
});

async function placeNode(cache: string, content: string): Promise<string> {
  const folder = path.join(cache, 'meshbench', 'node', `${AGENT_NODE_VERSION}-${process.arch}`);
  await mkdir(folder, { recursive: true });
  const program = path.join(folder, 'node');
  await writeFile(program, content);
  return program;
}
