import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { noDocker, TestDocker } from '../support/dockerd.ts';
import { LOAD, MeshPlace, REQUESTS } from '../support/standing-mesh.ts';

/** The application on Apache's library needs more of the checkout than one that speaks HTTP: all of it is in the image. */
describe('Thrift in containers', { skip: noDocker }, () => {
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

  for (const server of ['library', 'fast']) {
    test(`by both sidecars, to the application that is ${server}`, async () => {
      const thrift = `protocol: thrift\nthrift: { server: ${server}, transport: header, protocol: compact }\n`;
      const { load, proxies } = await place.trial('{ preset: istio }', undefined, LOAD + thrift);
      assert.deepEqual(load.outcomes, { ok: REQUESTS });
      assert.equal(proxies['server.envoy']?.counters['thrift.inbound.response_success'], REQUESTS);
    });
  }
});
