import assert from 'node:assert/strict';
import http from 'node:http';
import type net from 'node:net';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Served, serve } from '../../src/app/index.ts';
import { DEFAULT_SETTINGS } from '../../src/scenario/index.ts';
import type { VariantSummary } from '../../src/summary/index.ts';
import { meshbench } from '../support/cli.ts';
import { refuses } from '../support/refusals.ts';
import { ROOT } from '../support/root.ts';

const PROTO = path.join(ROOT, 'scenarios/idl/echo.proto');
const SHORT = ['--rate', '200/s', '--connections', '4', '--warmup', '0', '--duration', '500ms', '--json'];

function application(protocol: 'http2' | 'grpc'): Promise<Served> {
  return serve({ script: DEFAULT_SETTINGS.app, protocol, port: 0, address: '127.0.0.1', seed: 1, calls: [] });
}

describe('meshbench load http2://', () => {
  test('loads a server that already runs', async () => {
    const app = await application('http2');
    const { code, stdout, stderr } = await meshbench(
      'load',
      `http2://127.0.0.1:${app.port}`,
      '--streams',
      '10',
      ...SHORT,
    );
    void app.close();
    assert.equal(code, 0, stderr);
    assert.deepEqual((JSON.parse(stdout) as VariantSummary).outcomes, { ok: 100 });
  });

  test('says of a server of HTTP/1.1 that it is one', async () => {
    const server = http.createServer((_request, response) => response.end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    const { port } = server.address() as net.AddressInfo;
    const { code, stdout } = await meshbench('load', `http2://127.0.0.1:${port}`, '--timeout', '500ms', ...SHORT);
    server.close();
    assert.equal(code, 20);
    assert.match(stdout, /speaks HTTP\/1/u);
  });
});

describe('meshbench load grpc://', () => {
  let app: Served;
  before(async () => {
    app = await application('grpc');
  });
  after(() => void app.close());

  const load = (...args: readonly string[]): ReturnType<typeof meshbench> =>
    meshbench('load', `grpc://127.0.0.1:${app.port}`, '--proto', PROTO, ...args);

  for (const [method, outcomes] of [
    ['Echo', { ok: 100 }],
    ['Fail', { status: 100 }],
  ] as const) {
    test(method, async () => {
      const call = [
        '--method',
        `meshbench.Echo/${method}`,
        '--data',
        '{"payload": "aGVsbG8="}',
        '--header',
        'x-run=r1',
      ];
      const { code, stdout, stderr } = await load(...call, ...SHORT);
      assert.equal(code, method === 'Echo' ? 0 : 20, stderr);
      assert.deepEqual((JSON.parse(stdout) as VariantSummary).outcomes, outcomes);
    });
  }

  refuses(load, [
    [
      'data that does not fit',
      ['--method', 'meshbench.Echo/Echo', '--data', '{"paylod": "", "payload": ""}'],
      /"paylod", which Payload does not/u,
    ],
    ['data that is no JSON', ['--method', 'meshbench.Echo/Echo', '--data', '{'], /--data is no JSON/u],
    [
      'a method that there is not',
      ['--method', 'meshbench.Echo/echo'],
      /no method "meshbench\.Echo\/echo"[\s\S]*meshbench\.Echo\/Echo/u,
    ],
    ['no method', [], /needs --proto FILE and --method/u],
    [
      'what HTTP alone has',
      ['--method', 'meshbench.Echo/Echo', '--body', 'a'],
      /--body: for http:\/\/ and http2:\/\/ alone/u,
    ],
    ['a file that there is not', ['--method', 'a.B/C', '--proto', '/nowhere.proto'], /nowhere\.proto/u],
  ]);
});
