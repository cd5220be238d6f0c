import assert from 'node:assert/strict';
import type net from 'node:net';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceCall } from '../../src/app/index.ts';
import { serveHttp } from '../../src/app/server.ts';
import { monotonicNow } from '../../src/metrics/index.ts';
import { DEFAULT_SETTINGS } from '../../src/scenario/index.ts';
import { fromMillis, fromSeconds } from '../../src/units/index.ts';
import { answerOk, ask, Callee, type Got, HOST, OK, withApp } from './support.ts';

const TIMEOUT = fromSeconds(5);

describe('connections to a service', () => {
  test('are kept: one serves requests that come one after the other', async () => {
    await using callee = await Callee.open(answerOk);
    await withApp(
      {},
      async (port) => {
        for (let i = 0; i < 20; i += 1) assert.equal((await ask(port)).status, 200);
      },
      [callee.call()],
    );
    assert.equal(callee.got.length, 20);
    assert.equal(callee.connections, 1);
  });

  test('grow as needed, and the one that was used last is used next', async () => {
    const held: Got[] = [];
    let holds = true;
    await using callee = await Callee.open((got) => void (holds ? held.push(got) : answerOk(got)));
    await withApp(
      {},
      async (port) => {
        const burst = Array.from({ length: 5 }, () => ask(port));
        while (held.length < 5) await sleep(1);
        for (const got of held) {
          answerOk(got);
          await sleep(10);
        }
        assert.ok((await Promise.all(burst)).every(({ status }) => status === 200));
        assert.equal(callee.connections, 5);
        holds = false;
        for (let i = 0; i < 3; i += 1) await ask(port);
      },
      [callee.call()],
    );
    assert.equal(callee.connections, 5);
    const last = held.at(-1)?.connection;
    assert.deepEqual(
      callee.got.slice(5).map(({ connection }) => connection),
      [last, last, last],
    );
  });

  test('are 256 at most; requests beyond wait for one', async () => {
    const held: Got[] = [];
    await using callee = await Callee.open((got) => void held.push(got));
    await withApp(
      {},
      async (port) => {
        const all = Array.from({ length: 300 }, () => ask(port));
        while (held.length < 256) await sleep(5);
        await sleep(100);
        assert.equal(held.length, 256, 'the others wait');
        while (callee.got.length < 300 || held.length > 0) {
          for (const got of held.splice(0)) answerOk(got);
          await sleep(5);
        }
        assert.ok((await Promise.all(all)).every(({ status }) => status === 200));
        assert.equal(callee.connections, 256);
      },
      [callee.call()],
    );
  });

  test('are made anew where the service closed the pooled one under way, once', async () => {
    // In good order and by a reset: as it looks when a keep-alive time-out and a request cross.
    for (const leave of [(socket: net.Socket) => socket.end(), (socket: net.Socket) => socket.resetAndDestroy()]) {
      await using callee = await Callee.open((got) => void (got.nth === 1 ? answerOk(got) : leave(got.socket)));
      await withApp(
        {},
        async (port) => {
          for (let i = 0; i < 5; i += 1) assert.equal((await ask(port)).status, 200);
        },
        [callee.call()],
      );
      assert.equal(callee.connections, 5);
      assert.equal(callee.got.length, 9, 'each call but the first was made twice');
    }
  });

  test('are not made anew for ever: a fresh one that closes is a failure', async () => {
    await using callee = await Callee.open(
      (got) => void (got.connection === 1 && got.nth === 1 ? answerOk(got) : got.socket.end()),
    );
    await withApp(
      {},
      async (port) => {
        assert.equal((await ask(port)).status, 200);
        const { status, headers } = await ask(port);
        assert.deepEqual([status, headers['x-failed-call']], [502, 'callee:80 connection closed']);
      },
      [callee.call()],
    );
    assert.deepEqual(
      callee.got.map(({ connection, nth }) => [connection, nth]),
      [
        [1, 1],
        [1, 2],
        [2, 1],
      ],
    );
  });

  test('that have got a part of an answer are not asked again elsewhere', async () => {
    await using callee = await Callee.open(
      (got) => void (got.nth === 1 ? answerOk(got) : got.socket.end('HTTP/1.1 200')),
    );
    await withApp(
      {},
      async (port) => {
        await ask(port);
        assert.equal((await ask(port)).status, 502);
      },
      [callee.call()],
    );
    assert.equal(callee.got.length, 2);
  });

  test('that say what nobody asked for, at once or later, are not used again', async () => {
    await using callee = await Callee.open(({ socket, connection }) => {
      socket.write(connection === 1 ? `${OK}${OK}` : OK);
      if (connection === 2) setTimeout(() => socket.write(OK), 5);
    });
    await withApp(
      {},
      async (port) => {
        for (let i = 0; i < 3; i += 1) {
          assert.equal((await ask(port)).status, 200);
          await sleep(30);
        }
      },
      [callee.call()],
    );
    assert.equal(callee.connections, 3);
  });

  test('that close make room for requests that wait', async () => {
    const held: Got[] = [];
    await using callee = await Callee.open((got) => void held.push(got));
    await withApp(
      {},
      async (port) => {
        const all = Array.from({ length: 300 }, () => ask(port));
        while (held.length < 256) await sleep(5);
        for (const { socket } of held.splice(0)) socket.end(OK.replace('\r\n\r\n', '\r\nconnection: close\r\n\r\n'));
        while (held.length < 44) await sleep(5);
        for (const got of held) answerOk(got);
        assert.ok((await Promise.all(all)).every(({ status }) => status === 200));
        assert.equal(callee.connections, 300);
      },
      [callee.call()],
    );
  });

  test('outlive a service that closes idle ones at the very moment', async () => {
    const keepAliveTimeout = fromMillis(20);
    const callee = await serveHttp({ ...DEFAULT_SETTINGS.app, keepAliveTimeout }, 0, HOST, 1);
    const call: ServiceCall = { endpoint: { address: HOST, port: callee.port }, authority: 'callee', timeout: TIMEOUT };
    await withApp(
      {},
      async (port) => {
        for (let wait = 10; wait < 30; wait += 0.5) {
          assert.equal((await ask(port)).status, 200);
          const until = monotonicNow() + fromMillis(wait);
          while (monotonicNow() < until) await sleep(1);
        }
      },
      [call],
    );
    await callee.close();
  });

  test('end where the answer says so, or ends only with them', async () => {
    const answers = [
      'HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok',
      'HTTP/1.1 200 OK\r\n\r\nuntil the end',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
    ];
    await using callee = await Callee.open(({ socket, connection }) => {
      socket.write(answers[connection - 1] ?? OK);
      if (connection === 2) socket.end();
    });
    await withApp(
      {},
      async (port) => {
        for (let i = 0; i < 4; i += 1) assert.equal((await ask(port)).status, 200);
      },
      [callee.call()],
    );
    assert.deepEqual(
      callee.got.map(({ connection }) => connection),
      [1, 2, 3, 3],
    );
  });
});
