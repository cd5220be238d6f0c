import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { RUN_LABEL } from '../../src/runtime/docker/labels.ts';
import { noDocker, TestDocker } from '../support/dockerd.ts';
import { ROOT } from '../support/root.ts';
import { LOAD, MeshPlace, REQUESTS } from '../support/standing-mesh.ts';

interface Row {
  readonly container: string;
  readonly interception: string;
  readonly capabilities: string;
  readonly user: string;
}

/** The table of docs/docker.md. */
function table(): readonly Row[] {
  const text = readFileSync(path.join(ROOT, 'docs', 'docker.md'), 'utf8');
  const [, part = ''] = /<!-- privileges -->\n([\s\S]*?)<!-- end -->/u.exec(text) ?? [];
  const cells = part
    .split('\n')
    .slice(2)
    .map((line) => line.split('|').map((cell) => cell.trim()));
  return cells
    .filter((row) => row.length > 4)
    .map(([, container = '', interception = '', capabilities = '', user = '']) => ({
      container,
      interception,
      capabilities,
      user,
    }));
}

const ROWS = table();

/** The row for a process beside which traffic is led so. */
function rowFor(name: string, way: string): Row | undefined {
  return ROWS.find(
    ({ container, interception }) =>
      container.split(', ').includes(name) && (interception === 'any' || interception.split(', ').includes(way)),
  );
}

describe('meshes in Docker', { skip: noDocker }, () => {
  let daemon: TestDocker;
  let place: MeshPlace;
  before(async () => {
    daemon = await TestDocker.start();
    place = await MeshPlace.open('docker');
  });
  after(async () => {
    await place[Symbol.asyncDispose]();
    await daemon[Symbol.asyncDispose]();
  });

  describe("have every container's privileges as in docs/docker.md", () => {
    for (const way of ['none', 'listener', 'redirect', 'tproxy']) {
      test(`with ${way}, and traffic takes that way`, async () => {
        await using standing = await place.up(`{ outbound: ${way}, inbound: ${way} }`);
        const outcomes = await standing.send();
        assert.deepEqual(outcomes, { ok: REQUESTS });
        await standing.check(REQUESTS);
        const listed = await daemon.docker.listContainers({ filters: { label: [RUN_LABEL] } });
        assert.equal(listed.length, way === 'none' ? 4 : 6);
        for (const { Id, Names } of listed) {
          const { Config, HostConfig } = await daemon.docker.getContainer(Id).inspect();
          const name = Names[0]?.split('-').at(-1) ?? '';
          const row = rowFor(name, way);
          assert.ok(row !== undefined, `${name} with ${way} has its row`);
          assert.deepEqual((HostConfig.CapAdd ?? []).join() || 'none', row.capabilities, name);
          assert.equal(Config.User, row.user, name);
          assert.deepEqual(HostConfig.CapDrop, ['ALL']);
          assert.deepEqual(HostConfig.SecurityOpt, ['no-new-privileges:true'], "Docker's own seccomp profile");
          assert.deepEqual(
            [HostConfig.Privileged, HostConfig.ReadonlyRootfs, HostConfig.PidMode, HostConfig.AutoRemove],
            [false, true, '', true],
          );
          assert.ok((HostConfig.PidsLimit ?? 0) > 0 && (HostConfig.Memory ?? 0) > 0);
          assert.ok(
            !HostConfig.Binds?.length && !HostConfig.PortBindings?.['80/tcp'],
            'nothing of the machine is in it',
          );
        }
      });
    }

    test('where keys are made, Envoy of another user reads its own', async () => {
      await using standing = await place.up('{ outbound: redirect, inbound: redirect, tls: mutual }');
      assert.deepEqual(await standing.send(), { ok: REQUESTS });
      await standing.check(REQUESTS);
    });
  });

  // The application on Apache's library needs more of the checkout than one that speaks HTTP: all of it is in the image.
  describe('carry Thrift', () => {
    for (const server of ['library', 'fast']) {
      test(`by both sidecars, to the application that is ${server}`, async () => {
        const thrift = `protocol: thrift\nthrift: { server: ${server}, transport: header, protocol: compact }\n`;
        const { load, proxies } = await place.trial('{ preset: istio }', undefined, LOAD + thrift);
        assert.deepEqual(load.outcomes, { ok: REQUESTS });
        assert.equal(proxies['server.envoy']?.counters['thrift.inbound.response_success'], REQUESTS);
      });
    }
  });
});
