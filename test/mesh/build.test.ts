import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { buildMesh } from '../../src/mesh/index.ts';
import { KNOWN_ENVOY_VERSIONS, prepareRun } from '../../src/setup/index.ts';
import { Scratch } from '../support/cli.ts';
import { FULL } from '../support/counts.ts';
import { meshOf, settings } from './support.ts';

describe('a mesh', () => {
  test('without a sidecar sends the load straight to the service', () => {
    const mesh = meshOf({ outbound: 'none' });
    assert.deepEqual(mesh.target, { address: '198.18.0.11', port: 8080 });
    assert.equal(mesh.authority, 'server:8080');
    assert.ok(mesh.hosts.every(({ sidecar }) => sidecar === undefined));
    assert.deepEqual(
      mesh.hosts.map(({ name, load, app }) => [name, load, app?.port]),
      [
        ['client', true, undefined],
        ['server', false, 8080],
      ],
    );
  });

  test("with a listener sidecar sends it to the service's own port beside the client", () => {
    const mesh = meshOf({ outbound: 'listener' });
    assert.deepEqual(mesh.target, { address: '127.0.0.1', port: 8080 });
    const sidecar = mesh.hosts[0]?.sidecar;
    const text = JSON.stringify(sidecar?.bootstrap);
    assert.match(text, /"address":"127\.0\.0\.1","port_value":8080/u, 'listens on the own port');
    assert.match(text, /"address":"198\.18\.0\.11","port_value":8080/u, 'and leads to the service');
    assert.doesNotMatch(text, /access_log/u);
  });

  test('all hosts are in the range for benchmarks', () => {
    const { hosts } = meshOf({});
    for (const { address } of hosts) assert.match(address, /^198\.1[89]\./u);
  });

  test('tells two services on one port by the name that is asked for', () => {
    const workloads = [
      { name: 'client', port: undefined, calls: ['a', 'b'] },
      { name: 'a', port: 8080, calls: [] },
      { name: 'b', port: 8080, calls: [] },
    ];
    const mesh = buildMesh({ workloads }, settings({ outbound: 'listener' }));
    const text = JSON.stringify(mesh.hosts[0]?.sidecar?.bootstrap);
    assert.match(text, /"domains":\["a","a:8080"\].*"domains":\["b","b:8080"\]/u);
  });
});

/** `npm test` asks the default version; all the others are fetched in full runs. */
const versions = FULL ? KNOWN_ENVOY_VERSIONS : [KNOWN_ENVOY_VERSIONS.at(-1) ?? ''];
for (const version of versions) {
  test(`Envoy ${version} itself finds the configuration valid`, async () => {
    const { envoys } = await prepareRun({ envoyVersions: [version], say: () => undefined });
    using scratch = new Scratch();
    const file = path.join(scratch.folder, 'envoy.json');
    const mesh = meshOf({ outbound: 'listener' });
    writeFileSync(file, JSON.stringify(mesh.hosts[0]?.sidecar?.bootstrap));
    const output = execFileSync(envoys[version]?.path ?? '', ['--mode', 'validate', '-l', 'warn', '-c', file], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    assert.match(output, /OK/u);
  });
}
