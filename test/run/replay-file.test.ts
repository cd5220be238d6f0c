import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import type { ReplayKind } from '../../src/mesh/index.ts';
import { readReplayFile } from '../../src/run/index.ts';
import { BenchError } from '../../src/units/index.ts';
import { dump } from '../mesh/replay/istio.ts';
import { meshbench, Scratch } from '../support/cli.ts';

const BOOTSTRAP = `
x-cluster: &cluster { connect_timeout: 1s, type: STATIC }
static_resources:
  clusters: [{ <<: *cluster, name: own }]
  listeners: [{ name: l }]
`;

describe('the file of a replay', () => {
  const scratch = new Scratch();
  after(() => scratch[Symbol.dispose]());

  function file(name: string, content: string | Uint8Array): string {
    const target = path.join(scratch.folder, name);
    writeFileSync(target, content);
    return target;
  }

  async function refusal(target: string, kind: ReplayKind = 'config-dump'): Promise<string> {
    const error = await readReplayFile(target, kind).then(
      () => undefined,
      (cause: unknown) => cause,
    );
    assert.ok(error instanceof BenchError, String(error));
    assert.deepEqual([error.kind, error.code], ['usage', 'REPLAY_FILE']);
    return error.message;
  }

  test('is named by the hash of its bytes', async () => {
    const text = JSON.stringify(dump());
    const { sha256, source } = await readReplayFile(file('dump.json', text), 'config-dump');
    assert.equal(sha256, createHash('sha256').update(text).digest('hex'));
    assert.equal(source.listeners.length, 4);
  });

  test('may be YAML with anchors and merges, where it is a bootstrap', async () => {
    const { source } = await readReplayFile(file('own.yaml', BOOTSTRAP), 'bootstrap');
    assert.deepEqual(source.clusters, [{ connect_timeout: '1s', type: 'STATIC', name: 'own' }]);
  });

  test('that cannot be read is refused, without waiting for ever', async () => {
    assert.match(await refusal(path.join(scratch.folder, 'none.json')), /cannot be read \(ENOENT\)/u);
    assert.match(await refusal(scratch.folder), /is not a regular file|EISDIR/u);
    const pipe = path.join(scratch.folder, 'pipe.json');
    execFileSync('mkfifo', [pipe]);
    assert.match(await refusal(pipe), /is not a regular file/u);
  });

  test('that is too large is refused unread', async () => {
    const json = file('large.json', '');
    truncateSync(json, 101e6);
    assert.match(await refusal(json), /101000000 bytes; at most 100 MB/u);
    const yaml = file('large.yaml', '');
    truncateSync(yaml, 3e6);
    assert.match(await refusal(yaml, 'bootstrap'), /at most 2\.00 MB/u);
  });

  test('that is no such text is refused, and not quoted: it may hold secrets', async () => {
    const json = await refusal(file('secret.json', '{"private_key": "hunter2" oops'));
    assert.match(json, /is no JSON: it goes wrong at position \d+/u);
    assert.doesNotMatch(json, /hunter2|oops/u);
    const yaml = await refusal(file('secret.yaml', 'a: 1\nb: "hunter2'), 'bootstrap');
    assert.match(yaml, /is no YAML: line 2/u);
    assert.doesNotMatch(yaml, /hunter2/u);
    assert.match(await refusal(file('latin.json', Uint8Array.from([0x22, 0xe4, 0x22]))), /not UTF-8/u);
    assert.match(await refusal(file('dump.yaml', 'configs: []')), /is YAML; a config dump is read as JSON/u);
  });

  test('that would blow up is refused', async () => {
    assert.match(await refusal(file('deep.yaml', `a: ${'['.repeat(5000)}`), 'bootstrap'), /nested too deep/u);
    assert.match(await refusal(file('deep.json', `${'['.repeat(50_000)}${']'.repeat(50_000)}`)), /nested deeper/u);
    const laughs = ['a: &a0 [x, x, x, x, x, x, x, x, x]'];
    for (let level = 1; level < 9; level += 1) {
      laughs.push(`b${level}: &a${level} [${Array.from({ length: 9 }, () => `*a${level - 1}`).join(', ')}]`);
    }
    assert.match(await refusal(file('laughs.yaml', laughs.join('\n')), 'bootstrap'), /aliases/u);
  });
});

describe('the command line', () => {
  const cases = [
    [['--config-dump', 'a', '--bootstrap', 'b'], /cannot be used with option/u],
    [['--replay-authority', 'x'], /give --config-dump or --bootstrap too/u],
    [['--config-dump', 'a', '--replay-authority', 'x\r\nEvil: 1'], /is no host of a request/u],
    [['--config-dump', '/nowhere/at/all.json'], /ENOENT/u],
  ] as const;
  for (const [flags, words] of cases) {
    test(`refuses ${flags.join(' ').replaceAll(/\s+/gu, ' ')}`, async () => {
      const { code, stderr } = await meshbench('plan', 'quickstart', ...flags);
      assert.equal(code, 2, stderr);
      assert.match(stderr, words);
    });
  }

  test('says in the plan what is replayed and what of it is changed', async () => {
    using scratch = new Scratch();
    const target = path.join(scratch.folder, 'dump.json');
    writeFileSync(target, JSON.stringify(dump()));
    const { code, stdout, stderr } = await meshbench('plan', 'quickstart', '--config-dump', target);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^replay +a config-dump, SHA-256 [0-9a-f]{12}/mu);
    assert.match(stdout, /^note +replay: left out of the bootstrap: dynamic_resources$/mu);
  });
});
