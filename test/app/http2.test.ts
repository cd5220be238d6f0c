import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import http2 from 'node:http2';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { type Served, serve } from '../../src/app/index.ts';
import type { Http2Request } from '../../src/load/index.ts';
import { tcpDialer } from '../../src/load/index.ts';
import { monotonicNow } from '../../src/metrics/index.ts';
import { type AppSettings, DEFAULT_SETTINGS, type LoadSettings, messagesOf } from '../../src/scenario/index.ts';
import { bytes, createRandom, nanos } from '../../src/units/index.ts';
import { uint32 } from '../../src/wire/http2/frames.ts';
import { CLIENT_PREFACE, encodeBlock, Http2Session, outgoing, ownSettings } from '../../src/wire/index.ts';
import { count } from '../support/counts.ts';
import { HOST, offer } from '../support/offer.ts';

const PAYLOAD = 3000;

function application(script: Partial<AppSettings> = {}): Promise<Served> {
  const app = { ...DEFAULT_SETTINGS.app, payload: bytes(PAYLOAD), ...script };
  return serve({ script: app, protocol: 'http2', port: 0, address: HOST, seed: 1, calls: [] });
}

function requests(load: Partial<LoadSettings> = {}, streams = 100): Http2Request {
  return {
    protocol: 'http2',
    authority: 'test',
    messages: messagesOf({ ...DEFAULT_SETTINGS.load, ...load }),
    seed: 1,
    streams,
  };
}

interface Answered {
  readonly status: number;
  readonly version: string;
  readonly body: string;
}

function ask(session: http2.ClientHttp2Session, headers: http2.OutgoingHttpHeaders, body?: Buffer): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const stream = session.request(headers);
    let text = '';
    let head: http2.IncomingHttpHeaders & http2.IncomingHttpStatusHeader = {};
    stream.on('response', (found) => {
      head = found;
    });
    stream.setEncoding('latin1');
    stream.on('data', (part: string) => {
      text += part;
    });
    stream.on('error', reject);
    stream.on('close', () =>
      resolve({ status: head[':status'] ?? 0, version: String(head['x-app-version'] ?? ''), body: text }),
    );
    stream.end(body);
  });
}

describe("the application, called by Node's own client (nghttp2):", () => {
  test('answers many at a time, with and without bodies, each once and whole', async () => {
    const app = await application();
    const session = http2.connect(`http://${HOST}:${app.port}`);
    const good = { status: 200, version: 'v1', body: 'x'.repeat(PAYLOAD) };
    const asked = Array.from({ length: 60 }, (_, k) =>
      k % 2 === 0
        ? ask(session, { ':path': `/${k}` })
        : ask(session, { ':path': '/', ':method': 'POST' }, Buffer.alloc(k * 4000)),
    );
    for (const answer of await Promise.all(asked)) assert.deepEqual(answer, good);
    assert.deepEqual(await ask(session, { ':path': '/', ':method': 'HEAD' }), { ...good, body: '' });
    session.close();
    void app.close();
  });

  test('sends a body larger than every window', async () => {
    const app = await application({ payload: bytes(2_000_000) });
    const session = http2.connect(`http://${HOST}:${app.port}`);
    const answers = await Promise.all([ask(session, { ':path': '/' }), ask(session, { ':path': '/' })]);
    for (const { body } of answers) assert.equal(body.length, 2_000_000);
    session.close();
    void app.close();
  });

  test('answers pings, acknowledges settings, and forgets a stream that is given up', async () => {
    const app = await application({ delay: { kind: 'constant', value: nanos(20e6) } });
    const session = http2.connect(`http://${HOST}:${app.port}`);
    await once(session, 'connect');
    await new Promise<void>((resolve, reject) => session.ping((error) => (error === null ? resolve() : reject(error))));
    await new Promise<void>((resolve) => session.settings({ initialWindowSize: 1000 }, () => resolve()));
    const stream = session.request({ ':path': '/' });
    stream.on('error', () => undefined);
    stream.close(http2.constants.NGHTTP2_CANCEL);
    const { body } = await ask(session, { ':path': '/' });
    assert.equal(body.length, PAYLOAD, 'by windows of 1,000 bytes');
    session.close();
    void app.close();
  });

  test('says goodbye after every k-th answer, which comes whole before', async () => {
    const app = await application({ close: { every: 3 } });
    const session = http2.connect(`http://${HOST}:${app.port}`);
    const left = new Promise<number>((resolve) => session.once('goaway', resolve));
    const answers = await Promise.all([1, 2, 3].map(() => ask(session, { ':path': '/' })));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200],
    );
    assert.equal(await left, http2.constants.NGHTTP2_NO_ERROR);
    session.close();
    void app.close();
  });
});

const noH2load = spawnSync('h2load', ['--version']).error === undefined ? false : 'h2load is not installed';

test('the application, loaded by h2load where that is installed, answers every request', {
  skip: noH2load,
}, async () => {
  const app = await application();
  const { stdout } = await promisify(execFile)('h2load', [
    '-n',
    '2000',
    '-c',
    '8',
    '-m',
    '10',
    `http://${HOST}:${app.port}/`,
  ]);
  void app.close();
  assert.match(stdout, /2000 total, 2000 started, 2000 done, 2000 succeeded, 0 failed/u);
});

describe('our load', () => {
  const calls = count(2000, 100_000);

  test(`and our application: ${calls} requests, none lost or doubled`, async () => {
    const app = await application();
    const total = await offer(app.port, requests(), calls);
    void app.close();
    assert.deepEqual(total.outcomes, { ok: calls });
    assert.deepEqual(total.versions, { v1: calls });
    assert.equal(total.connections.opened, 8);
  });

  test('follows what the application does: delays in any order, resets, goodbyes, large bodies both ways', async () => {
    const delayed = await application({ delay: { kind: 'uniform', from: nanos(0), to: nanos(20e6) } });
    assert.deepEqual((await offer(delayed.port, requests(), 800)).outcomes, { ok: 800 });
    void delayed.close();
    const leaving = await application({ close: { every: 50 } });
    const left = await offer(leaving.port, requests(), 800, 2000);
    void leaving.close();
    assert.equal((left.outcomes.ok ?? 0) + (left.outcomes.connection ?? 0), 800);
    assert.ok(left.connections.opened > 8);
    const breaking = await application({ reset: { every: 100 } });
    const broken = await offer(breaking.port, requests(), 400, 1000);
    void breaking.close();
    assert.ok((broken.outcomes.connection ?? 0) >= 4, JSON.stringify(broken.outcomes));
    const large = await application({ payload: bytes(500_000) });
    const posted = await offer(large.port, requests({ method: 'POST', payload: bytes(300_000) }), 40, 200);
    void large.close();
    assert.deepEqual(posted.outcomes, { ok: 40 });
  });

  test("and Node's own server (nghttp2), which limits streams, answers late and refuses", async () => {
    const server = http2.createServer({ settings: { maxConcurrentStreams: 4 } });
    let k = 0;
    server.on('stream', (stream) => {
      k += 1;
      stream.on('error', () => undefined);
      if (k % 100 === 0) stream.close(http2.constants.NGHTTP2_REFUSED_STREAM);
      else {
        stream.respond({ ':status': k % 50 === 0 ? 503 : 200, 'x-app-version': `v${k % 3}` });
        stream.end(Buffer.alloc((k * 37) % 20_000));
      }
    });
    const port = await listen(server);
    const total = await offer(port, requests({ method: 'POST', payload: bytes(100) }), 1000, 1000);
    server.close();
    assert.deepEqual(total.outcomes, { ok: 980, status: 10, connection: 10 });
    assert.equal(
      Object.values(total.versions).reduce((sum, one) => sum + one, 0),
      990,
    );
    assert.equal(total.connections.opened, 8);
  });
});

describe('heads', () => {
  test("that Node's own server (nghttp2) compresses are decoded as it was told them, table and all", async () => {
    const random = createRandom(7);
    const told = new Map<number, Readonly<Record<string, string>>>();
    const server = http2.createServer();
    server.on('stream', (stream) => {
      const fields = randomFields(random);
      told.set(stream.id ?? 0, fields);
      stream.respond({ ':status': 200, ...fields }, { endStream: true });
    });
    const port = await listen(server);
    const asked = count(300, 3000);
    const heard = await headsFrom(port, asked);
    server.close();
    assert.equal(heard.size, asked);
    for (const [stream, fields] of told) {
      const { date: _, ':status': status, ...others } = heard.get(stream) ?? {};
      assert.equal(status, '200');
      assert.deepEqual(others, fields);
    }
  });
});

/** Some that come again and again, and some that are new: enough of them that the table drops its oldest. */
function randomFields(random: () => number): Readonly<Record<string, string>> {
  const fields: Record<string, string> = {};
  for (let left = Math.floor(random() * 8); left > 0; left -= 1) {
    const name = `x-${Math.floor(random() * 30)}`;
    const length = Math.floor(random() * (random() < 0.1 ? 3000 : 60));
    fields[name] = Array.from({ length }, () => String.fromCharCode(33 + Math.floor(random() * 94))).join('');
  }
  return fields;
}

/** Asks so often on one connection, one after the other, and returns the fields that came, by stream. */
function headsFrom(port: number, times: number): Promise<ReadonlyMap<number, Record<string, string>>> {
  const heard = new Map<number, Record<string, string>>();
  const request = outgoing(
    encodeBlock([
      { name: ':method', value: 'GET' },
      { name: ':scheme', value: 'http' },
      { name: ':path', value: '/' },
      { name: ':authority', value: 'test' },
    ]),
    '',
  );
  return new Promise((resolve, reject) => {
    let fields: Record<string, string> = {};
    const next = (): void => {
      if (heard.size === times) {
        link.destroy();
        resolve(heard);
      } else link.write(request.whole.join(uint32(heard.size * 2 + 1)));
    };
    const session = new Http2Session({
      field: (name, value) => {
        fields[name] = value;
      },
      head: (stream) => {
        heard.set(stream, fields);
        fields = {};
        next();
        return false;
      },
      data: () => false,
      reset: () => false,
      goaway: () => false,
    });
    const link = tcpDialer()(
      { address: HOST, port },
      {
        opened: () => {
          link.write(CLIENT_PREFACE + ownSettings());
          next();
        },
        received: (received, length) => {
          try {
            session.read(received, 0, length);
            link.write(session.owed());
          } catch (error) {
            reject(error);
          }
        },
        closed: (reason) => reject(new Error(reason)),
      },
    );
  });
}

function listen(server: http2.Http2Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, HOST, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}

test('answers take no longer than the script says', async () => {
  const app = await application({ delay: { kind: 'constant', value: nanos(30e6) } });
  const session = http2.connect(`http://${HOST}:${app.port}`);
  const from = monotonicNow();
  await ask(session, { ':path': '/' });
  assert.ok(monotonicNow() - from >= 30e6);
  session.close();
  void app.close();
});
