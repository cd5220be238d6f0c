import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import * as grpc from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import { type Served, serve } from '../../src/app/index.ts';
import type { GrpcRequest } from '../../src/load/index.ts';
import { requestsOf } from '../../src/run/requests.ts';
import { type AppSettings, DEFAULT_SETTINGS, type GrpcSettings } from '../../src/scenario/index.ts';
import { bytes, nanos } from '../../src/units/index.ts';
import { count } from '../support/counts.ts';
import { HOST, offer } from '../support/offer.ts';
import { ROOT } from '../support/root.ts';

const PAYLOAD = 300;
const root = protobuf.loadSync(path.join(ROOT, 'scenarios/idl/echo.proto'));
const Payload = root.lookupType('meshbench.Payload');

function application(script: Partial<AppSettings> = {}): Promise<Served> {
  const app = { ...DEFAULT_SETTINGS.app, payload: bytes(PAYLOAD), ...script };
  return serve({ script: app, protocol: 'grpc', port: 0, address: HOST, seed: 1, calls: [] });
}

function requestOf(call: GrpcSettings['call'] = 'Echo', payload = 1000): GrpcRequest {
  const load = { ...DEFAULT_SETTINGS.load, payload: bytes(payload) };
  const request = requestsOf({ ...DEFAULT_SETTINGS, protocol: 'grpc', load, grpc: { call } }, 'test');
  if (request.protocol !== 'grpc') throw new TypeError('a request of gRPC was asked for');
  return request;
}

const encode = (payload: Buffer): Buffer => Buffer.from(Payload.encode({ payload }).finish());
const decode = (message: Buffer): Buffer => Buffer.from(Payload.toObject(Payload.decode(message))['payload'] ?? []);

function call(client: grpc.Client, method: string, payload: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(`/meshbench.Echo/${method}`, encode, decode, payload, (error, reply) => {
      if (error !== null) reject(error);
      else resolve(reply ?? Buffer.alloc(0));
    });
  });
}

describe('the application, called by the client of grpc-js:', () => {
  test('answers Echo, fails Fail, and says what it does not know', async () => {
    const app = await application();
    const client = new grpc.Client(`${HOST}:${app.port}`, grpc.credentials.createInsecure());
    const replies = await Promise.all([0, 1, 5000, 200_000].map((size) => call(client, 'Echo', Buffer.alloc(size))));
    for (const reply of replies) assert.equal(reply.toString(), 'x'.repeat(PAYLOAD));
    await assert.rejects(call(client, 'Fail', Buffer.alloc(1)), {
      code: grpc.status.FAILED_PRECONDITION,
      details: 'as it was asked for',
    });
    await assert.rejects(call(client, 'Nothing', Buffer.alloc(1)), { code: grpc.status.UNIMPLEMENTED });
    client.close();
    void app.close();
  });

  test('with nothing, and with more than every window', async () => {
    for (const payload of [0, 1_000_000]) {
      const app = await application({ payload: bytes(payload) });
      const client = new grpc.Client(`${HOST}:${app.port}`, grpc.credentials.createInsecure());
      assert.equal((await call(client, 'Echo', Buffer.alloc(1))).length, payload);
      client.close();
      void app.close();
    }
  });
});

describe('our load', () => {
  const calls = count(2000, 100_000);

  test(`and our application: ${calls} calls, none lost or doubled`, async () => {
    const app = await application();
    const echoed = await offer(app.port, requestOf(), calls);
    const failed = await offer(app.port, requestOf('Fail'), 400);
    void app.close();
    assert.deepEqual(echoed.outcomes, { ok: calls });
    assert.deepEqual(echoed.versions, { v1: calls });
    assert.deepEqual(failed.outcomes, { status: 400 });
    assert.equal(failed.failed[0]?.detail, '9 FAILED_PRECONDITION: as it was asked for');
  });

  test('and a server of grpc-js, which reads our messages and whose answers are understood', async () => {
    const server = new grpc.Server();
    const sizes = new Set<number>();
    const definition = (method: string): grpc.MethodDefinition<Buffer, Buffer> => ({
      path: `/meshbench.Echo/${method}`,
      requestStream: false,
      responseStream: false,
      requestSerialize: encode,
      requestDeserialize: decode,
      responseSerialize: encode,
      responseDeserialize: decode,
    });
    server.addService(
      { Echo: definition('Echo'), Fail: definition('Fail') },
      {
        Echo: ({ request }: { request: Buffer }, reply: grpc.sendUnaryData<Buffer>) => {
          sizes.add(request.length);
          reply(null, Buffer.alloc(PAYLOAD));
        },
        Fail: (_call: unknown, reply: grpc.sendUnaryData<Buffer>) =>
          reply({ code: grpc.status.NOT_FOUND, details: 'nichts für ungut' }),
      },
    );
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync(`${HOST}:0`, grpc.ServerCredentials.createInsecure(), (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      );
    });
    const echoed = await offer(port, requestOf(), 400, 1000);
    const large = await offer(port, requestOf('Echo', 200_000), 20, 100);
    const failed = await offer(port, requestOf('Fail'), 100, 1000);
    server.forceShutdown();
    assert.deepEqual(echoed.outcomes, { ok: 400 });
    assert.deepEqual(large.outcomes, { ok: 20 });
    assert.deepEqual([...sizes].sort(), [1000, 200_000]);
    assert.deepEqual(failed.outcomes, { status: 100 });
    assert.equal(failed.failed[0]?.detail, '5 NOT_FOUND: nichts für ungut');
  });

  test('follows delays in any order', async () => {
    const app = await application({ delay: { kind: 'uniform', from: nanos(0), to: nanos(20e6) } });
    const { outcomes } = await offer(app.port, requestOf(), 400, 2000);
    void app.close();
    assert.deepEqual(outcomes, { ok: 400 });
  });
});
