import assert from 'node:assert/strict';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { ClosedLoop, type Interval, type LoadPlan, type LoadTotal, tcpDialer } from '../../src/load/index.ts';
import { Histogram, initHistograms, monotonicNow } from '../../src/metrics/index.ts';
import { mergeLoad } from '../../src/run/merge.ts';
import { DEFAULT_SETTINGS, messagesOf } from '../../src/scenario/index.ts';
import { BenchError, nanos } from '../../src/units/index.ts';
import { get, plan } from './simulation.ts';

type Handler = (k: number, response: http.ServerResponse, request: http.IncomingMessage) => void;

describe('a closed loop', () => {
  before(initHistograms);
  const servers: http.Server[] = [];
  after(() => {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
  });

  async function serve(handler: Handler): Promise<number> {
    let count = 0;
    const server = http.createServer((request, response) => {
      count += 1;
      handler(count, response, request);
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  }

  async function run(port: number, overrides: Partial<LoadPlan> = {}) {
    const intervals: Interval[] = [];
    const asked = plan({
      loop: 'closed',
      endpoints: [{ address: '127.0.0.1', port }],
      connections: 4,
      warmup: nanos(200e6),
      duration: nanos(1.2e9),
      ...overrides,
    });
    const later = (ms: number, action: () => void): void => void setTimeout(action, ms);
    const loop = new ClosedLoop(asked, { clock: monotonicNow, dial: tcpDialer(), later }, (one) => intervals.push(one));
    await loop.connect();
    const total = await loop.run(monotonicNow() + 10e6);
    return { total, intervals };
  }

  function service({ histograms }: LoadTotal, fraction: number): number {
    using histogram = Histogram.decode(histograms.service);
    return histogram.quantile(fraction) ?? Number.NaN;
  }

  test('sends the next request when one is answered, and its parts add up', async () => {
    const { total, intervals } = await run(await serve((_, response) => void setTimeout(() => response.end('ok'), 20)));
    const ok = total.outcomes.ok ?? 0;
    assert.deepEqual(total.outcomes, { ok });
    assert.equal(total.planned, ok);
    // Four connections, each answered after 20 ms and more.
    assert.ok(ok > 20 && ok <= 4 * 60, `${ok} answered`);
    // Node's timers know whole milliseconds, and may be one early.
    assert.ok(service(total, 0) >= 18.9e6, `${service(total, 0)} ns`);
    assert.ok(total.overall.sent >= ok);
    assert.ok(intervals.length >= 2, `${intervals.length} intervals`);
    assert.equal(mergeLoad([{ intervals, total }]).lost, 0);
    assert.deepEqual(total.failed, []);
  });

  test('has no response time, queue wait or release lag: nothing is due in it', async () => {
    const { total } = await run(await serve((_, response) => void response.end('ok')), { duration: nanos(300e6) });
    for (const latency of ['response', 'queueWait', 'releaseLag'] as const) {
      using histogram = Histogram.decode(total.histograms[latency]);
      assert.equal(histogram.count, 0, latency);
    }
  });

  test('counts answers that are failures, and connections that were closed under a request', async () => {
    const port = await serve((k, response) => {
      if (k % 10 === 0) response.destroy();
      else response.writeHead(k % 10 === 5 ? 503 : 200).end('ok');
    });
    const { total } = await run(port, { connections: 1, duration: nanos(500e6) });
    const { ok = 0, status = 0, connection = 0, ...others } = total.outcomes;
    assert.deepEqual(others, {});
    assert.ok(connection > 5, `${connection} closed`);
    assert.ok(Math.abs(status - connection) <= 1, `${status} and ${connection}`);
    assert.ok(Math.abs(ok - 8 * connection) <= 8, `${ok} of ${total.planned}`);
    assert.equal(total.planned, ok + status + connection);
    assert.ok(total.connections.closedByPeer >= connection);
    assert.equal(total.failed.find(({ outcome }) => outcome === 'status')?.detail, '503');
  });

  test('counts what is not answered in time', async () => {
    const port = await serve(() => undefined);
    const over = { warmup: nanos(0), timeout: nanos(1e9), duration: nanos(1.5e9), connections: 3 };
    const { total } = await run(port, over);
    assert.deepEqual(total.outcomes, { timeout: 3 });
  });

  test('sends the request of the scenario', async () => {
    const seen: string[] = [];
    const port = await serve((_, response, request) => {
      let body = '';
      request.on('data', (part: Buffer) => {
        body += part.toString();
      });
      request.on('end', () => {
        seen.push(`${request.method} ${request.url} ${request.headers.host} ${request.headers['x-a']} ${body}`);
        response.end('ok');
      });
    });
    const message = { method: 'POST', path: '/a?b=1', headers: { 'x-a': 'c' }, body: 'text' } as const;
    const messages = messagesOf({ ...DEFAULT_SETTINGS.load, ...message });
    const request = { protocol: 'http', authority: 'shop:8080', messages, seed: 1 } as const;
    await run(port, { request, duration: nanos(100e6) });
    assert.deepEqual([...new Set(seen)], ['POST /a?b=1 shop:8080 c text']);
  });

  test('says what it cannot reach, and refuses what is not one HTTP request', async () => {
    const port = await serve(() => undefined);
    servers.at(-1)?.close();
    await assert.rejects(run(port), (error) => error instanceof BenchError && error.kind === 'component');
    const [message] = get('a').messages;
    const two = { ...get('a'), messages: message === undefined ? [] : [message, message] };
    await assert.rejects(run(port, { request: two }), /one HTTP request/u);
  });
});
