import assert from 'node:assert/strict';
import type net from 'node:net';
import { describe, test } from 'node:test';
import { FAULTS, hostileServer, ONE_IN } from '../support/hostile-thrift.ts';
import { offer, requestOf } from '../support/offer.ts';
import { FORMATS, named } from '../wire/thrift/support.ts';

const CALLS = 200;

describe('over real sockets an answer that is wrong is an outcome with its reason, and the run goes on:', () => {
  for (const format of FORMATS) {
    for (const fault of FAULTS.filter(({ bytes }) => bytes(format, 20_000) !== undefined)) {
      test(`${named(format)}, ${fault.name}`, async () => {
        const server = await hostileServer(format, [fault]);
        const address = server.address() as net.AddressInfo;
        const { outcomes, failed, connections } = await offer(address.port, requestOf(format), CALLS, 2000);
        server.close();
        const wrong = CALLS / ONE_IN;
        assert.deepEqual(outcomes, { ok: CALLS - wrong, protocol: wrong });
        for (const { outcome, detail } of failed)
          assert.ok(outcome === 'protocol' && fault.reason.test(detail), detail);
        assert.ok(connections.opened >= wrong, 'each was on a connection that was replaced');
      });
    }
  }
});
