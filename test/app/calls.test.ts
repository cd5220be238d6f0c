import assert from 'node:assert/strict';
import http from 'node:http';
import net from 'node:net';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { serveHttp } from '../../src/app/server.ts';
import { ServicePool } from '../../src/app/service-pool.ts';
import { monotonicNow } from '../../src/metrics/index.ts';
import { DEFAULT_SETTINGS } from '../../src/scenario/index.ts';
import { fromMillis, nanos } from '../../src/units/index.ts';
import { tcpDialer } from '../../src/wire/index.ts';
import { answerOk, ask, Callee, type Got, HOST, OK, withApp } from './support.ts';

describe('an application that calls others', () => {
  test('calls all of them at once, and answers when the last has answered', async () => {
    const got: Got[] = [];
    const collect = (one: Got): number => got.push(one);
    await using a = await Callee.open(collect);
    await using b = await Callee.open(collect);
    await using c = await Callee.open(collect);
    await withApp(
      {},
      async (port) => {
        let answered = false;
        const answer = ask(port).finally(() => {
          answered = true;
        });
        while (got.length < 3) await sleep(1);
        for (const one of got.splice(0, 2)) answerOk(one);
        await sleep(50);
        assert.equal(answered, false, 'two of three is not all');
        for (const one of got) answerOk(one);
        const { status, body } = await answer;
        assert.equal(status, 200);
        assert.equal(body.length, DEFAULT_SETTINGS.app.payload, 'its own answer, not that of a service');
      },
      [a.call(), b.call(), c.call()],
    );
  });

  test('follows its script after the calls', async () => {
    await using callee = await Callee.open((got) => void setTimeout(() => answerOk(got), 40));
    await withApp(
      { delay: { kind: 'constant', value: nanos(40e6) } },
      async (port) => {
        const { tookMs } = await ask(port);
        assert.ok(tookMs >= 79, `${tookMs} ms`);
      },
      [callee.call()],
    );
  });

  test('asks for / by the name of the service and leads the trace on, but nothing else of its caller', async () => {
    await using callee = await Callee.open(answerOk);
    const traced = {
      'x-request-id': '7f',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      b3: '0',
    };
    await withApp(
      {},
      async (port) => {
        await ask(
          port,
          { method: 'POST', path: '/own', headers: { ...traced, cookie: 'a=1', 'x-other': '2' } },
          'body',
        );
        await ask(port);
      },
      [callee.call('back:8080')],
    );
    const [first, second] = callee.got.map(({ head }) => head.split('\r\n'));
    const lines = Object.entries(traced).map(([name, value]) => `${name}: ${value}`);
    assert.deepEqual(first, ['GET / HTTP/1.1', 'host: back:8080', ...lines, '', '']);
    assert.deepEqual(second, ['GET / HTTP/1.1', 'host: back:8080', '', '']);
  });

  test('answers HEAD without a body, whether calls fail or not', async () => {
    await using callee = await Callee.open(
      ({ socket, nth }) => void socket.write(nth === 1 ? OK : OK.replace('200', '500')),
    );
    await withApp(
      { payload: DEFAULT_SETTINGS.app.payload },
      async (port) => {
        const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
        assert.deepEqual(
          [(await ask(port, { method: 'HEAD', agent })).status, (await ask(port, { method: 'HEAD', agent })).status],
          [200, 502],
        );
        agent.destroy();
      },
      [callee.call()],
    );
  });
});

describe('a call that fails', () => {
  const failures: readonly (readonly [string, (got: Got) => void, RegExp])[] = [
    ['an answer 503', ({ socket }) => void socket.write(OK.replace('200', '503')), /^callee:80 status 503$/u],
    ['an answer 404', ({ socket }) => void socket.write(OK.replace('200', '404')), /^callee:80 status 404$/u],
    ['nonsense', ({ socket }) => void socket.write('SSH-2.0-OpenSSH_9.2\r\n\r\n'), /^callee:80 protocol$/u],
    ['a close midway', ({ socket }) => void socket.end(OK.slice(0, -1)), /^callee:80 connection closed$/u],
    ['a reset', ({ socket }) => void socket.resetAndDestroy(), /^callee:80 connection ECONNRESET$/u],
    ['silence', () => undefined, /^callee:80 timeout$/u],
    ['an answer that never ends', ({ socket }) => void socket.write(OK.slice(0, -1)), /^callee:80 timeout$/u],
  ];
  for (const [name, react, reason] of failures) {
    test(`by ${name} is a 502 with the reason, and the next request works again`, async () => {
      await using good = await Callee.open(answerOk);
      let fails = true;
      await using bad = await Callee.open((got) => (fails ? react(got) : answerOk(got)));
      await withApp(
        { version: 'v3' },
        async (port) => {
          const { status, headers } = await ask(port);
          assert.equal(status, 502);
          assert.match(String(headers['x-failed-call']), reason);
          assert.equal(headers['x-app-version'], 'v3');
          fails = false;
          assert.equal((await ask(port)).status, 200);
        },
        [good.call('good'), bad.call('callee:80', fromMillis(100))],
      );
    });
  }

  test('because nobody listens is a 502, until somebody does', async () => {
    const gone = await Callee.open(answerOk);
    const call = gone.call('gone:1');
    await gone[Symbol.asyncDispose]();
    await withApp(
      {},
      async (port) => {
        const { status, headers } = await ask(port);
        assert.deepEqual([status, headers['x-failed-call']], [502, 'gone:1 connection ECONNREFUSED']);
        const back = await serveHttp(DEFAULT_SETTINGS.app, call.endpoint.port, HOST, 1);
        assert.equal((await ask(port)).status, 200);
        void back.close();
      },
      [call],
    );
  });

  test('by silence takes its time and not much more, in the queue too, for which nothing is dialled then', async () => {
    await using callee = await Callee.open(() => undefined);
    const pool = new ServicePool(callee.call('callee:80', fromMillis(400)), tcpDialer());
    const from = monotonicNow();
    const call = (): Promise<readonly [string, number]> =>
      new Promise((resolve) => pool.call('', (failure) => resolve([failure, (monotonicNow() - from) / 1e6])));
    const ended = await Promise.all(Array.from({ length: 300 }, call));
    pool.close();
    assert.deepEqual([...new Set(ended.map(([failure]) => failure))], ['callee:80 timeout']);
    const times = ended.map(([, ms]) => ms);
    assert.ok(
      Math.min(...times) >= 400 && Math.max(...times) < 1500,
      `${Math.min(...times)} to ${Math.max(...times)} ms`,
    );
    assert.equal(callee.connections, 256);
  });
});

describe('requests at the same time', () => {
  test('on one connection, pipelined, are answered in their order, good or not', async () => {
    let calls = 0;
    await using callee = await Callee.open(({ socket }) => {
      calls += 1;
      const answer = calls % 3 === 0 ? OK.replace('200', '500') : OK;
      setTimeout(() => socket.write(answer), calls % 2 === 0 ? 0 : 5);
    });
    await withApp(
      { payload: DEFAULT_SETTINGS.app.payload },
      async (port) => {
        const socket = net.connect({ port, host: HOST });
        socket.write(
          `${'GET / HTTP/1.1\r\nhost: a\r\n\r\n'.repeat(11)}GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`,
        );
        let seen = '';
        for await (const chunk of socket) seen += String(chunk);
        const statuses = [...seen.matchAll(/HTTP\/1\.1 (\d+)/gu)].map(([, status]) => status);
        assert.deepEqual(
          statuses,
          Array.from({ length: 12 }, (_, i) => ((i + 1) % 3 === 0 ? '502' : '200')),
        );
      },
      [callee.call()],
    );
  });

  test('on many connections do not wait for each other', async () => {
    const held: Got[] = [];
    await using slow = await Callee.open((got) => void held.push(got));
    await using quick = await Callee.open(answerOk);
    await withApp(
      {},
      async (port) => {
        const all = Array.from({ length: 40 }, () => ask(port));
        while (held.length < 40) await sleep(1);
        for (const got of held.reverse()) answerOk(got);
        assert.ok((await Promise.all(all)).every(({ status }) => status === 200));
        assert.equal(quick.got.length, 40);
      },
      [slow.call('slow'), quick.call('quick')],
    );
  });

  test('whose caller has gone leave no call unfinished and do no harm', async () => {
    const held: Got[] = [];
    await using callee = await Callee.open((got) => void held.push(got));
    await withApp(
      {},
      async (port) => {
        const socket = net.connect({ port, host: HOST });
        socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
        while (held.length < 1) await sleep(1);
        socket.destroy();
        await sleep(20);
        for (const got of held.splice(0)) answerOk(got);
        const next = ask(port);
        while (held.length < 1) await sleep(1);
        for (const got of held) answerOk(got);
        assert.equal((await next).status, 200);
      },
      [callee.call()],
    );
    assert.equal(callee.connections, 1, 'the connection of the first call served the second');
  });
});
