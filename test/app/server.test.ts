import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { answerDue, drawDelay } from '../../src/app/script.ts';
import { serveHttp } from '../../src/app/server.ts';
import { monotonicNow } from '../../src/metrics/index.ts';
import { type AppSettings, DEFAULT_SETTINGS } from '../../src/scenario/index.ts';
import { createRandom, nanos } from '../../src/units/index.ts';
import { ask, withApp } from './support.ts';

describe('the application', () => {
  test('answers with its payload and version, to any method, with and without a body', async () => {
    await withApp({ payload: DEFAULT_SETTINGS.app.payload, version: 'v7' }, async (port) => {
      for (const method of ['GET', 'POST', 'PUT', 'DELETE']) {
        const { status, body, headers } = await ask(port, { method }, method === 'POST' ? 'x'.repeat(100_000) : '');
        assert.equal(status, 200);
        assert.equal(body.length, DEFAULT_SETTINGS.app.payload);
        assert.equal(headers['x-app-version'], 'v7');
      }
      const head = await ask(port, { method: 'HEAD' });
      assert.equal(head.body, '');
      assert.equal(head.headers['content-length'], String(DEFAULT_SETTINGS.app.payload));
    });
  });

  test('serves many requests on one connection, pipelined or not', async () => {
    await withApp({ payload: nanos(5) as never }, async (port) => {
      const socket = net.connect({ port, host: '127.0.0.1' });
      socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n'.repeat(50));
      let seen = '';
      for await (const chunk of socket) {
        seen += String(chunk);
        if (seen.split('HTTP/1.1 200 OK').length - 1 === 50 && seen.endsWith('xxxxx')) break;
      }
      assert.equal(seen.split('HTTP/1.1 200 OK').length - 1, 50);
    });
  });

  test('reads requests that come in pieces, while others come in between', async () => {
    await withApp({ payload: nanos(5) as never }, async (port) => {
      const sockets = await Promise.all(Array.from({ length: 8 }, () => opened(port)));
      const answers = Promise.all(sockets.map((socket) => untilClosed(socket)));
      const requests = sockets.map((_, index) => `GET /${'a'.repeat(index)} HTTP/1.1\r\nhost: a\r\n\r\n`);
      for (let at = 0; at < 40; at += 3) {
        for (const [index, socket] of sockets.entries()) socket.write(requests[index]?.slice(at, at + 3) ?? '');
        await sleep(1);
      }
      for (const socket of sockets) socket.write('GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n');
      for (const answer of await answers) {
        assert.deepEqual(answer.match(/HTTP\/1.1 ... ../g), ['HTTP/1.1 200 OK', 'HTTP/1.1 200 OK']);
      }
    });
  });

  test('ends when its connections have, and not before', async () => {
    const app = await serveHttp(DEFAULT_SETTINGS.app, 0, '127.0.0.1', 1);
    const socket = await opened(app.port);
    socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
    await once(socket, 'data');
    let ended = false;
    const end = app.close().then(() => {
      ended = true;
    });
    await sleep(20);
    assert.ok(!ended);
    socket.destroy();
    await end;
  });

  test('waits for its delay, to a fraction of a millisecond', async () => {
    await withApp({ delay: { kind: 'constant', value: nanos(20e6) } }, async (port) => {
      const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
      await ask(port, { agent });
      const times: number[] = [];
      for (let i = 0; i < 20; i += 1) times.push((await ask(port, { agent })).tookMs);
      agent.destroy();
      const median = times.sort((a, b) => a - b)[10] ?? 0;
      assert.ok(Math.min(...times) >= 20, `never early: ${times}`);
      assert.ok(median < 25, `median ${median} ms`);
    });
  });

  test('works for its time before every answer, by the clock and on the processor', async () => {
    const tookMs: number[] = [];
    let busyMs = 0;
    await withApp({ work: nanos(10e6) }, async (port) => {
      const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
      await ask(port, { agent });
      const before = runnableMs();
      for (let i = 0; i < 20; i += 1) tookMs.push((await ask(port, { agent })).tookMs);
      busyMs = runnableMs() - before;
      agent.destroy();
    });
    assert.ok(Math.min(...tookMs) >= 10, `never shorter: ${Math.min(...tookMs)} ms`);
    assert.ok(busyMs >= 150, `20 answers of 10 ms kept it runnable for ${busyMs} ms`);
  });

  test('closes every k-th connection in good order, and resets every k-th', async () => {
    await withApp({ close: { every: 3 } }, async (port) => {
      const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
      const connections: (string | undefined)[] = [];
      for (let i = 0; i < 6; i += 1) connections.push((await ask(port, { agent })).headers.connection);
      assert.deepEqual(
        connections.map((value) => value === 'close'),
        [false, false, true, false, false, true],
      );
      agent.destroy();
    });
    await withApp({ reset: { every: 2 } }, async (port) => {
      assert.equal((await ask(port)).status, 200);
      await assert.rejects(ask(port), { code: 'ECONNRESET' });
    });
  });

  test('closes a connection that is idle for longer than its keep-alive time-out', async () => {
    await withApp({ keepAliveTimeout: nanos(50e6) }, async (port) => {
      const from = monotonicNow();
      const socket = net.connect({ port, host: '127.0.0.1' });
      await new Promise((resolve) => socket.resume().on('close', resolve));
      const idle = (monotonicNow() - from) / 1e6;
      assert.ok(idle >= 45 && idle < 1000, `closed after ${idle} ms`);
    });
  });

  test('does not take a connection for idle whose request it has not answered', async () => {
    const script = { keepAliveTimeout: nanos(30e6), delay: { kind: 'constant', value: nanos(150e6) } } as const;
    await withApp(script, async (port) => {
      const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
      assert.equal((await ask(port, { agent })).status, 200);
      agent.destroy();
    });
  });

  test('holds answers back in a stall that is counted from the start of the measurement', async () => {
    const app = await serveHttp(
      { ...DEFAULT_SETTINGS.app, stalls: [{ at: nanos(0), for: nanos(200e6) }] },
      0,
      '127.0.0.1',
      1,
    );
    assert.ok((await ask(app.port)).tookMs < 100, 'no stall before the measurement');
    app.measureFrom(monotonicNow());
    const { tookMs } = await ask(app.port);
    assert.ok(tookMs > 150 && tookMs < 1000, `${tookMs} ms`);
    await app.close();
  });

  test('answers nonsense with 400', async () => {
    await withApp({}, async (port) => {
      const socket = net.connect({ port, host: '127.0.0.1' });
      socket.write('nonsense\r\n\r\n');
      let seen = '';
      for await (const chunk of socket) seen += String(chunk);
      assert.match(seen, /^HTTP\/1\.1 400 /u);
    });
  });

  test('says which port is taken', async () => {
    await withApp({}, async (port) => {
      await assert.rejects(serveHttp(DEFAULT_SETTINGS.app, port, '127.0.0.1', 1), {
        code: 'APP_CANNOT_LISTEN',
        message: new RegExp(`127.0.0.1:${port}: EADDRINUSE`, 'u'),
      });
    });
  });
});

/** How long this thread ran, or waited for a processor that others had. */
function runnableMs(): number {
  const [ran = 0, waited = 0] = readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ').map(Number);
  return (ran + waited) / 1e6;
}

describe('delays', () => {
  test('have the mean that the script says', () => {
    const random = createRandom(3);
    const mean = (delay: AppSettings['delay']): number => {
      let sum = 0;
      for (let i = 0; i < 20_000; i += 1) sum += drawDelay(delay, random);
      return sum / 20_000;
    };
    assert.equal(mean({ kind: 'constant', value: nanos(7) }), 7);
    assert.ok(Math.abs(mean({ kind: 'exponential', mean: nanos(1e6) }) / 1e6 - 1) < 0.03);
    assert.ok(Math.abs(mean({ kind: 'uniform', from: nanos(1e6), to: nanos(3e6) }) / 2e6 - 1) < 0.03);
  });

  test('never let an answer leave within a stall, nor earlier than the delay', () => {
    fc.assert(
      fc.property(
        fc.nat(1000),
        fc.nat(200),
        fc.array(fc.tuple(fc.nat(1000), fc.integer({ min: 1, max: 200 }))),
        (now, value, spans) => {
          const stalls = spans.sort(([a], [b]) => a - b).map(([from, length]) => ({ from, until: from + length }));
          const due = answerDue(now, { kind: 'constant', value: nanos(value) }, stalls, () => 0);
          assert.ok(due >= now + value);
          assert.ok(stalls.every(({ from, until }) => due < from || due >= until));
        },
      ),
    );
  });
});

async function opened(port: number): Promise<net.Socket> {
  const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  return socket;
}

async function untilClosed(socket: net.Socket): Promise<string> {
  let seen = '';
  for await (const part of socket) seen += String(part);
  return seen;
}
