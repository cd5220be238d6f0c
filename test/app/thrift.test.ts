import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, describe, test } from 'node:test';
import thrift, { TBinaryProtocol, TBufferedTransport, TCompactProtocol, TFramedTransport } from 'thrift';
import * as Echo from '#thrift/Echo.js';
import { Refused } from '#thrift/echo_types.js';
import { type Served, serve } from '../../src/app/index.ts';
import { monotonicNow } from '../../src/metrics/index.ts';
import { type AppSettings, DEFAULT_SETTINGS, type ThriftSettings } from '../../src/scenario/index.ts';
import { bytes, nanos } from '../../src/units/index.ts';
import type { ThriftFormat } from '../../src/wire/index.ts';
import { count } from '../support/counts.ts';
import { connectLibrary } from '../support/library-client.ts';
import { HOST, offer, requestOf } from '../support/offer.ts';
import { FORMATS, named } from '../wire/thrift/support.ts';

const PAYLOAD = 300;

function application(
  format: ThriftFormat,
  script: Partial<AppSettings> = {},
  own: Partial<ThriftSettings> = {},
): Promise<Served> {
  const settings = { ...DEFAULT_SETTINGS.thrift, ...format, ...own };
  const app = { ...DEFAULT_SETTINGS.app, payload: bytes(PAYLOAD), ...script };
  return serve({ script: app, thrift: settings, port: 0, address: HOST, seed: 1, calls: [] });
}

describe('the application, called by a client on the library:', () => {
  for (const format of FORMATS) {
    test(named(format), async () => {
      const app = await application(format);
      const { connection, client } = connectLibrary(format, HOST, app.port);
      try {
        const replies = await Promise.all([1, 2, 3].map((size) => client.echo(Buffer.alloc(size * 5000))));
        for (const reply of replies) assert.equal(reply.toString(), 'x'.repeat(PAYLOAD));
        await assert.rejects(client.fail('because'), (error) => error instanceof Refused && error.reason === 'because');
        await client.notify(Buffer.from('nothing answers'));
        assert.equal((await client.echo(Buffer.alloc(1))).length, PAYLOAD);
      } finally {
        connection.end();
        void app.close();
      }
    });
  }

  test('answers after its delay', async () => {
    const [format] = FORMATS;
    assert.ok(format !== undefined);
    const app = await application(format, { delay: { kind: 'constant', value: nanos(30e6) } });
    const { connection, client } = connectLibrary(format, HOST, app.port);
    const from = monotonicNow();
    await Promise.all([client.echo(Buffer.alloc(1)), client.echo(Buffer.alloc(1))]);
    assert.ok(monotonicNow() - from >= 30e6);
    connection.end();
    void app.close();
  });

  test('works for as long as the script says before it answers', async () => {
    const [format] = FORMATS;
    assert.ok(format !== undefined);
    const app = await application(format, { work: nanos(10e6) });
    const { connection, client } = connectLibrary(format, HOST, app.port);
    const from = monotonicNow();
    const before = process.cpuUsage();
    await Promise.all([1, 2, 3, 4, 5].map(() => client.echo(Buffer.alloc(1))));
    const { user, system } = process.cpuUsage(before);
    assert.ok(monotonicNow() - from >= 50e6, 'one after the other, each never shorter');
    assert.ok(user + system >= 35_000, `5 answers of 10 ms used ${user + system} µs`);
    connection.end();
    void app.close();
  });
});

describe('our load', () => {
  const calls = count(400, 100_000);
  for (const format of FORMATS) {
    test(`${named(format)}: ${calls} calls, none lost or doubled, in any of its kinds`, async () => {
      const app = await application(format);
      const headers = format.transport === 'header' ? { 'x-run': 'r1' } : {};
      const ends = {
        echo: await offer(app.port, requestOf({ ...format, headers, pipeline: 4 }), calls),
        multiplexed: await offer(app.port, requestOf({ ...format, service: 'Echo' }), calls),
        fail: await offer(app.port, requestOf({ ...format, call: 'fail' }), 400),
        notify: await offer(app.port, requestOf({ ...format, call: 'notify' }), 400),
        unknown: await offer(app.port, { ...requestOf(format), call: 'nothing', method: 'nothing' }, 20),
      };
      void app.close();
      assert.deepEqual(
        Object.entries(ends).map(([name, { outcomes }]) => [name, outcomes]),
        [
          ['echo', { ok: calls }],
          ['multiplexed', { ok: calls }],
          ['fail', { exception: 400 }],
          ['notify', { ok: 400 }],
          ['unknown', { applicationException: 20 }],
        ],
      );
      assert.equal(ends.fail.failed[0]?.detail, 'Refused');
      // The library writes no type: its constructor sets `type`, and it writes `code`.
      assert.equal(ends.unknown.failed[0]?.detail, 'TApplicationException: Unknown function nothing');
    });

    test(`${named(format)}: replies that come in another order than their calls`, async () => {
      const app = await application(format, { delay: { kind: 'uniform', from: nanos(0), to: nanos(5e6) } });
      const { outcomes } = await offer(app.port, requestOf({ ...format, pipeline: 8 }), 400);
      void app.close();
      assert.deepEqual(outcomes, { ok: 400 });
    });

    test(`${named(format)}: the fast responder`, async () => {
      const app = await application(format, {}, { server: 'fast' });
      const { outcomes } = await offer(app.port, requestOf({ ...format, pipeline: 4 }), calls);
      void app.close();
      assert.deepEqual(outcomes, { ok: calls });
    });
  }

  for (const format of FORMATS.filter(({ transport }) => transport !== 'header')) {
    test(`${named(format)}: a server that is all of the library's`, async () => {
      const server = thrift.createServer(
        Echo.Processor,
        {
          echo: (_payload: Buffer, reply: (error: null, result: Buffer) => void) => reply(null, Buffer.alloc(PAYLOAD)),
        },
        {
          transport: format.transport === 'framed' ? TFramedTransport : TBufferedTransport,
          protocol: format.protocol === 'binary' ? TBinaryProtocol : TCompactProtocol,
        },
      );
      await new Promise<void>((resolve) => server.listen(0, HOST, () => resolve()));
      const address = server.address();
      assert.ok(typeof address === 'object' && address !== null);
      const { outcomes } = await offer(address.port, requestOf({ ...format, pipeline: 4 }), calls);
      server.close();
      assert.deepEqual(outcomes, { ok: calls });
    });
  }
});

describe('what a client of the library sends with THeaderProtocol', () => {
  let server: net.Server;
  let port = 0;
  before(async () => {
    server = net.createServer();
    await new Promise<void>((resolve) => server.listen(0, HOST, () => resolve()));
    const address = server.address();
    port = typeof address === 'object' && address !== null ? address.port : 0;
  });
  after(() => void server.close());

  for (const [protocol, mended, begins] of [
    ['binary', false, /^80010001/u],
    ['compact', false, /^80010001/u],
    ['binary', true, /^[0-9a-f]{8}0fff[0-9a-f]{16}00/u],
    ['compact', true, /^[0-9a-f]{8}0fff[0-9a-f]{16}02/u],
  ] as const) {
    const what = mended ? 'with what it leaves out sends the magic number' : 'sends a binary message without any frame';
    test(`${protocol}: ${what}`, async () => {
      const heard = new Promise<Buffer>((resolve) => {
        server.once('connection', (socket: net.Socket) => socket.once('data', resolve));
      });
      const { connection, client } = connectLibrary({ transport: 'header', protocol }, HOST, port, mended);
      connection.on('error', () => undefined);
      client.echo(Buffer.from('a')).catch(() => undefined);
      const bytesSent = await heard;
      connection.destroy();
      assert.match(bytesSent.toString('hex'), begins);
    });
  }
});
