import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { readGivenIstiod } from '../../src/run/index.ts';
import { meshbench, Scratch } from '../support/cli.ts';

const ENTRY = `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: bank, namespace: outside, uid: 4711, resourceVersion: "12" }
spec: { hosts: [bank.example] }
status: { addresses: [] }
`;

function folderWith(scratch: Scratch, files: Readonly<Record<string, string>>): string {
  const folder = path.join(scratch.folder, 'objects');
  mkdirSync(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  return folder;
}

describe('what a user gives of a mesh', () => {
  test('is every object of a folder, of lists too, less what the server has written into it', async () => {
    using scratch = new Scratch();
    const list = {
      apiVersion: 'v1',
      kind: 'List',
      items: [{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' } }],
    };
    const objects = folderWith(scratch, {
      'entries.yaml': `${ENTRY}---\n${ENTRY.replace('bank,', 'shop,')}`,
      'services.json': JSON.stringify(list),
      'notes.txt': 'not read',
    });
    const given = await readGivenIstiod({ objects });
    assert.deepEqual(given?.configuration.objects, [
      ...['bank', 'shop'].map((name) => ({
        apiVersion: 'networking.istio.io/v1',
        kind: 'ServiceEntry',
        metadata: { name, namespace: 'outside' },
        spec: { hosts: ['bank.example'] },
      })),
      { apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' } },
    ]);
    assert.match(given?.hashes['istiod.objects'] ?? '', /^[0-9a-f]{64}$/u);
  });

  test('is refused with everything that is wrong at once', async () => {
    using scratch = new Scratch();
    const objects = folderWith(scratch, { 'a.yaml': 'kind: [', 'b.json': '{"kind": "Sidecar"}', 'c.yml': '- one' });
    const meshConfig = path.join(scratch.folder, 'none.yaml');
    await assert.rejects(readGivenIstiod({ objects, meshConfig }), (error: Error) => {
      for (const words of [
        /a\.yaml/u,
        /b\.json holds an object without/u,
        /c\.yml holds something/u,
        /none\.yaml cannot/u,
      ])
        assert.match(error.message, words);
      return true;
    });
  });

  test('is refused where no variant is configured by istiod', async () => {
    using scratch = new Scratch();
    const objects = folderWith(scratch, { 'a.yaml': ENTRY });
    const { code, stderr } = await meshbench('run', 'quickstart', '--objects', objects, '--out', scratch.folder);
    assert.equal(code, 2, stderr);
    assert.match(stderr, /no variant is configured by it/u);
  });
});
